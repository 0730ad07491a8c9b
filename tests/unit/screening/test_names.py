"""Names are made to fit the content."""

import pytest

from bot.screening import safe_name

PNG, JPG, TXT = (".png",), (".jpg", ".jpeg"), (".txt", ".log")


@pytest.mark.parametrize(
    ("name", "suffixes", "expected"),
    [
        ("proof.png", PNG, "proof.png"),
        ("IMG_1.JPEG", JPG, "IMG_1.JPEG"),
        ("領収書.png", PNG, "領収書.png"),
        ("report v1.2.png", PNG, "report v1.2.png"),
        ("invoice.pdf.exe", PNG, "invoice.png"),
        ("invoice.exe.png", PNG, "invoice.png"),
        ("a.html", TXT, "a.txt"),
        ("server.log", TXT, "server.log"),
        ("../../etc/passwd", TXT, "passwd.txt"),
        ("C:\\Users\\me\\a.png", PNG, "a.png"),
        ("photo\u202egnp.exe", PNG, "photognp.png"),
        ("a\r\nb\0.png", PNG, "ab.png"),
        ('a<b>:"|?*.png', PNG, "ab.png"),
        ("a.png   ", PNG, "a.png"),
        (".png", PNG, "file.png"),
        ("...", PNG, "file.png"),
        ("", PNG, "file.png"),
        ("x" * 300 + ".png", PNG, "x" * 96 + ".png"),
    ],
)
def test_a_name_is_only_a_name_and_says_what_it_is(name: str, suffixes: tuple[str, ...], expected: str) -> None:
    assert safe_name(name, suffixes) == expected
    assert safe_name(expected, suffixes) == expected
