"""A folder in, why nothing of the records may be written there out: a site is there, or may be. Links are followed by who asks."""

from __future__ import annotations

from pathlib import Path


def public_place(root: Path, target: Path) -> tuple[str, str] | None:
    """Why a resolved path is no place for internal things, in Chinese and English; None when it is.

    Refused are ``site/``, the preview, ``content/``, ``templates/``, and any folder that a build made.
    """
    root = root.resolve()
    for folder in (root / "site", root / "var" / "preview", root / "content", root / "templates"):
        if target == folder.resolve() or target.is_relative_to(folder.resolve()):
            return f"不能写到 {folder} 里：内部材料不上网站", f"records are never written below {folder}"
    for folder in (target, *target.parents):
        if folder.is_dir() and (folder / "sitemap.xml").exists() and (folder / "404.html").exists():
            return f"{folder} 是一个网站，内部材料不能写进去", f"{folder} is a site"
    return None
