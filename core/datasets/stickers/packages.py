"""Which packages the stickers come from: pinned to the byte, each with the licence that lets us use it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package:
    """integrity: the sha512 of its tarball, in the form that npm prints.

    notice: the file in assets/licences that goes along with whatever is made of it.
    """

    name: str
    version: str
    integrity: str
    size_bytes: int
    licence: str
    author: str
    notice: str
    homepage: str


FLUENT_3D = Package(
    "@lobehub/fluent-emoji-3d",
    "1.1.0",
    "sha512-Wlq2lVStTnr8BDpIJ0pEnTKO4LuDxxqTEhTvRtD1DLRF0me7ogeRQjKoehDHXuVJ2Qaecgl5wRBv60lUAG3h7g==",
    15_792_027,
    "MIT",
    "Microsoft Corporation; packed by LobeHub",
    "Fluent-Emoji-MIT.txt",
    "https://github.com/microsoft/fluentui-emoji",
)
FLUENT_FLAT = Package(
    "@iconify-json/fluent-emoji-flat",
    "1.2.6",
    "sha512-RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw==",
    1_172_438,
    "MIT",
    "Microsoft Corporation; packed by Iconify",
    "Fluent-Emoji-MIT.txt",
    "https://github.com/microsoft/fluentui-emoji",
)
FLUENT_GRADIENT = Package(
    "@iconify-json/fluent-emoji",
    "1.2.7",
    "sha512-D8G6bKAyIsyxP1rzZtIWr/gg/fO4Rg1+DyCWlfqKK4h8W+4Em/Y0P6QYgJUQTlUcagzJvSyg+9OBv4hz4Hc/QA==",
    14_323_330,
    "MIT",
    "Microsoft Corporation; packed by Iconify",
    "Fluent-Emoji-MIT.txt",
    "https://github.com/microsoft/fluentui-emoji",
)
NOTO = Package(
    "@iconify-json/noto",
    "1.2.9",
    "sha512-DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw==",
    3_102_958,
    "Apache-2.0",
    "Google Inc.; packed by Iconify",
    "Noto-Emoji-Apache-2.0.txt",
    "https://github.com/googlefonts/noto-emoji",
)
EMOJIBASE = Package(
    "emojibase-data",
    "17.0.0",
    "sha512-Yvgb5AWoHViHV/gq1qr5ZAarcBip+B27/ZLRsUJkbgAEaLlZ/fof9g882LTpmEpyhBNEC0m2SEmItljHsTygjA==",
    6_711_091,
    "MIT",
    "Miles Johnson",
    "emojibase-MIT.txt",
    "https://github.com/milesj/emojibase",
)
EMOJILIB = Package(
    "emojilib",
    "4.0.3",
    "sha512-KbWiYre9aRSaPbHrHZIz9zmoM+21LAsK1VFJtnTh1VCtWE/rNMDviGhQTmselFl95dhqtGlY22iH0leG5BuW0g==",
    53_353,
    "MIT",
    "Mu-An Chiou",
    "emojilib-MIT.txt",
    "https://github.com/muan/emojilib",
)

PACKAGES = (EMOJIBASE, EMOJILIB, FLUENT_3D, FLUENT_FLAT, FLUENT_GRADIENT, NOTO)
