"""The options of the commands that open the window: one text for all of them."""

from typing import Annotated

import typer

LANGUAGES = ("en", "zh_CN")

Source = Annotated[
    str,
    typer.Option(
        metavar="camera:ID|FILE|FOLDER|samples|synthetic",
        help="What to show; the camera, or the sample people where there is none, when left out.",
        show_default=False,
    ),
]
Garments = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID|PHOTO|MODEL",
        help="What to wear at the start: an id of the catalogue, a product photo, or a 3-D model (GLB, glTF, OBJ). "
        "Repeat it for an outfit.",
        show_default=False,
    ),
]
Size = Annotated[str, typer.Option(metavar="S", help="Size of the garment.", show_default=False)]
Language = Annotated[str, typer.Option(metavar="|".join(LANGUAGES), help="Language for this time.", show_default=False)]
