"""The plate of a site: a QR code that a telephone's camera opens."""

from typing import Any

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET = 4  # modules of white around the code, or cameras do not find it


def plate(text: str) -> tuple[int, str]:
    """The side of the code in modules, quiet zone included, and its dark modules as the path of an SVG.

    A quarter of the modules may be scratched or dirty: plates hang outdoors.
    """
    code: Any = QRCode(None, QRErrorCorrectLevel.Q)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    dark = [(x, y) for y in range(count) for x in range(count) if code.isDark(y, x)]
    return count + 2 * QUIET, "".join(f"M{x + QUIET} {y + QUIET}h1v1h-1z" for x, y in dark)
