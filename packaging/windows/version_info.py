"""The version resource of the Windows programs, as PyInstaller reads it."""

import re


def numbers_of(version: str) -> str:
    """What Windows' four numbers can say of a version: "1.2.3rc1" -> "1.2.3.0".

    Raises:
        ValueError: It does not begin with three numbers.
    """
    match = re.match(r"\d+\.\d+\.\d+", version)
    if match is None:
        raise ValueError(f"{version!r} is no version")
    return f"{match[0]}.0"


def version_resource(version: str) -> str:
    """Python source of a `VSVersionInfo`.

    Args:
        version: "1.2.3", with or without a suffix such as "rc1".

    Raises:
        ValueError: It does not begin with three numbers.
    """
    numbers = f"({numbers_of(version).replace('.', ', ')})"
    texts = {
        "CompanyName": "the tryon_app authors",
        "FileDescription": "Tryon",
        "FileVersion": version,
        "InternalName": "tryon",
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": "tryon.exe",
        "ProductName": "Tryon",
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in texts.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, "
        "fileType=0x1, subtype=0x0, date=(0, 0)), kids=["
        f"StringFileInfo([StringTable('040904B0', [{table}])]), "
        "VarFileInfo([VarStruct('Translation', [0x0409, 1200])])])\n"
    )
