"""The settings of a look and the contrast they achieve, as rows for a screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from newsletter.schema.look import ThemeSettings
from newsletter.theme.color_pairs import SCHEMES, PairContrast, pair_contrasts
from newsletter.theme.theme import Theme


class ContrastRow(Struct, frozen=True):
    """A pair of colors with its contrast, in words."""

    contrast: PairContrast

    @property
    def ratio(self) -> float:
        return self.contrast.ratio

    @property
    def text(self) -> str:
        pair, mark = self.contrast.pair, "" if self.contrast.sufficient else ", too little"
        return (
            f"{pair.use} in {SCHEMES[self.contrast.scheme]}: {self.contrast.front} on {self.contrast.behind}"
            f" (needs {pair.needed:g}:1{mark})"
        )

    def facts(self) -> dict[str, Any]:
        return {
            "scheme": self.contrast.scheme,
            "use": self.contrast.pair.use,
            "front": self.contrast.front,
            "behind": self.contrast.behind,
            "ratio": round(self.ratio, 2),
            "needed": self.contrast.pair.needed,
        }


def contrast_rows(theme: Theme) -> list[ContrastRow]:
    """Return every pair of a theme in every color scheme, those with the least to spare first."""
    pairs = pair_contrasts(theme.tokens)
    ordered = sorted(pairs, key=lambda pair: pair.ratio / pair.pair.needed)
    return [ContrastRow(pair) for pair in ordered]


def setting_rows(settings: ThemeSettings) -> list[tuple[str, str]]:
    """Return the settings that differ from their defaults, each with its value in short."""
    chosen = msgspec.to_builtins(settings)
    default = msgspec.to_builtins(ThemeSettings(name=settings.name))
    return [
        (key, value)
        for key in chosen
        if chosen[key] != default[key]
        for key, value in _rows(key, chosen[key], default[key])
    ]


def _rows(key: str, value: Any, default: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        words = [str(item.get("text", item)) if isinstance(item, dict) else item for item in value]
        yield key, ", ".join(words)
    elif isinstance(value, dict) and {"text", "url"} <= value.keys():
        yield key, str(value["text"])
    elif isinstance(value, dict):
        defaults = default if isinstance(default, dict) else {}
        for name, item in value.items():
            if item is not None and item != defaults.get(name):
                yield from _rows(f"{key}.{name}", item, defaults.get(name))
    else:
        yield key, str(value).lower() if isinstance(value, bool) else str(value)
