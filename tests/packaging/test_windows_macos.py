"""What can be looked at here of the installers for Windows and macOS, and of the workflows that build them."""

import ast
import plistlib
import re
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ISS = (ROOT / "packaging" / "windows" / "tryon.iss").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def setup_fields():
    section = re.search(r"^\[Setup\]\n(.*?)^\[", ISS, re.MULTILINE | re.DOTALL)
    return dict(line.split("=", 1) for line in section[1].splitlines() if "=" in line and not line.startswith(";"))


def test_the_app_says_why_it_wants_the_camera():
    plist = plistlib.loads((ROOT / "packaging" / "macos" / "Info.plist").read_bytes())
    assert re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", plist["CFBundleIdentifier"])
    assert len(plist["NSCameraUsageDescription"]) > 20
    assert plist["NSHighResolutionCapable"] is True
    assert plist["CFBundleLocalizations"] == ["en", "zh-Hans"]  # Apple's names of languages, not Qt's
    # The app's is in one place only (pyproject.toml) and the system's follows from the packages: the spec gives both.
    assert not [key for key in plist if "Version" in key]
    # What the app does not use it need not ask for.
    assert [key for key in plist if key.endswith("UsageDescription")] == ["NSCameraUsageDescription"]


def test_the_oldest_macos_is_what_the_packages_were_built_for(script, tmp_path):
    wheels = {
        "a": ["cp311-cp311-macosx_14_0_arm64"],
        "b": ["cp36-abi3-macosx_10_13_universal2", "cp36-abi3-macosx_11_0_arm64"],
        "c": ["cp311-cp311-macosx_15_0_x86_64", "cp311-cp311-macosx_12_0_arm64"],
        "d": ["py3-none-any"],
    }
    for name, tags in wheels.items():
        (tmp_path / f"{name}.dist-info").mkdir()
        lines = ["Wheel-Version: 1.0", *(f"Tag: {tag}" for tag in tags)]
        (tmp_path / f"{name}.dist-info" / "WHEEL").write_text("\n".join(lines) + "\n", "utf-8")
    oldest = script("oldest_macos").oldest_macos
    assert oldest(tmp_path, "arm64") == (14, 0)
    assert oldest(tmp_path, "x86_64") == (15, 0)
    assert oldest(tmp_path / "a.dist-info", "arm64") == (0, 0)
    assert "oldest_macos(" in (ROOT / "packaging" / "tryon.spec").read_text("utf-8")


def test_entitlements_are_the_camera_and_what_the_runtime_needs():
    entitlements = plistlib.loads((ROOT / "packaging" / "macos" / "entitlements.plist").read_bytes())
    assert entitlements["com.apple.security.device.camera"] is True
    assert set(entitlements) == {
        "com.apple.security.device.camera",
        "com.apple.security.cs.allow-unsigned-executable-memory",
        "com.apple.security.cs.allow-jit",
        "com.apple.security.cs.disable-library-validation",
    }
    sign = (ROOT / "packaging" / "macos" / "sign.sh").read_text("utf-8")
    assert sign.count("--options runtime") >= 2
    assert "notarytool submit" in sign
    assert "stapler staple" in sign
    assert not re.search(r"--password|--apple-id", sign)


def test_setup_is_for_one_user_or_all_and_upgrades_in_place():
    fields = setup_fields()
    assert fields["PrivilegesRequired"] == "lowest"
    assert set(fields["PrivilegesRequiredOverridesAllowed"].split()) == {"dialog", "commandline"}
    assert fields["DefaultDirName"].startswith("{autopf}")
    assert fields["UsePreviousAppDir"] == "yes"
    assert re.fullmatch(r"\{\{[0-9A-F-]{36}\}", fields["AppId"])
    assert fields["AppVersion"] == "{#Version}"
    assert fields["VersionInfoVersion"] == "{#Numbers}"  # a suffix there would stop the compiler
    assert Path(str(ROOT / "resources" / "icons" / "app.ico")).is_file()
    assert 'Type: filesandordirs; Name: "{app}\\_internal"' in ISS


def test_setup_offers_the_start_menu_and_the_kiosk_and_keeps_what_users_made():
    assert "{group}\\{#Name}" in ISS
    kiosk = next(line for line in ISS.splitlines() if "{autostartup}" in line)
    assert "Tasks: kiosk" in kiosk
    assert "[UninstallDelete]" not in ISS
    code = ISS[ISS.index("[Code]") :]
    assert "UninstallSilent()" in code
    assert "MB_DEFBUTTON2" in code  # "no" is what Enter answers
    assert code.index("MsgBox") < code.index("DelTree")


def test_the_version_resource_says_the_version(script):
    resource = script("version_info").version_resource
    tree = ast.parse(resource("1.2.3rc1"))
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert values.count("1.2.3rc1") == 2
    assert resource("1.2.3").count("(1, 2, 3, 0)") == 2
    assert script("version_info").numbers_of("1.2.3rc1") == "1.2.3.0"
    with pytest.raises(ValueError, match="no version"):
        resource("next")


def test_zip_archives_are_the_same_again(script, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    app = tmp_path / "app"
    app.mkdir()
    (app / "tryon.exe").write_bytes(b"x" * 100)
    archive = script("archive")
    first = archive.zip_file(app, tmp_path, "tryon-1").read_bytes()
    (app / "tryon.exe").touch()
    packed = archive.zip_file(app, tmp_path, "tryon-1")
    assert packed.read_bytes() == first
    assert zipfile.ZipFile(packed).namelist() == ["tryon-1/tryon.exe"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_pinned_actions_without_secrets(path):
    text = path.read_text("utf-8")
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert [name for name in used if not re.fullmatch(r"\./\S+|[\w.-]+/[\w.-]+@[0-9a-f]{40}", name)] == []
    assert "secrets." not in text
    assert re.search(r"^permissions:\n  contents: read\n", text, re.MULTILINE)
    scripts = re.findall(r"packaging/[\w./-]+\.(?:py|sh|lock)", text)
    assert [name for name in scripts if not (ROOT / name).is_file()] == []


def test_all_three_systems_are_built_and_smoke_tested():
    text = (ROOT / ".github" / "workflows" / "package.yml").read_text("utf-8")
    jobs = re.split(r"^  (?=[a-z]+:\n(?:    #.*\n)*    runs-on)", text, flags=re.MULTILINE)
    for system in ("windows", "macos"):
        job = next(job for job in jobs if job.startswith(f"{system}:"))
        assert "packaging/build.py" in job
        assert "packaging/smoke_test.py" in job
    assert "make package" in text
    assert "make smoke" in text


def test_a_release_is_audited_strictly(script, monkeypatch, tmp_path):
    audit = script("audit")
    asked = []

    def refuse(command, **_options):
        asked.append(command)
        return type("Done", (), {"returncode": 1})()

    monkeypatch.setattr(audit.subprocess, "run", refuse)
    monkeypatch.setattr(audit.sys, "argv", ["audit.py", "--output", str(tmp_path)])
    with pytest.raises(SystemExit, match="neither may be released"):
        audit.main()
    assert {"--strict", "--require-hashes"} <= set(asked[0])
    assert len(asked) == 1
    assert "packaging/audit.py" in (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")


def test_the_bill_of_materials_has_the_app_and_its_models(script):
    bill = {"components": [{"name": "numpy"}]}
    model = {"title": "Pose", "licence": "Apache-2.0", "origin": "G", "variants": [{"sha256": "ab"}, {}]}
    script("audit").with_own_parts(bill, "1.2.3", {"pose": model})
    assert bill["metadata"]["component"]["version"] == "1.2.3"
    assert bill["components"][1]["hashes"] == [{"alg": "SHA-256", "content": "ab"}]
    assert bill["components"][1]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
