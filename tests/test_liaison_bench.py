"""The benchmark of the officers' records runs small, and writes its section and nothing else of the results."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import liaison


def test_the_benchmark_writes_its_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results, folder = tmp_path / "RESULTS.md", tmp_path / "records"
    results.write_text("# Results\n\n<!-- mail: begin -->\n\nkept\n\n<!-- mail: end -->\n", encoding="utf-8")
    folder.mkdir()
    monkeypatch.setattr(liaison, "_VERBS", {name: words for name, words in liaison._VERBS.items() if "check" in name})
    options = ["--enterprises", "4", "--months", "2", "--runs", "1", "--folder", str(folder), "--results", str(results)]
    assert liaison.main(options) == 0
    text = results.read_text(encoding="utf-8")
    files = len([path for path in (folder / "content" / "liaison").rglob("*") if path.is_file()])
    assert "kept" in text
    assert f"4 enterprises over 2 months, {files} files" in text.replace("\n", " ")
    rows = [line.split(" | ")[0] for line in text.split("<!-- liaison: begin -->")[1].splitlines() if line.startswith("| ")]
    assert rows[2:] == [f"| {name}" for name in liaison._VERBS]


def test_records_of_another_size_are_not_taken_for_those_asked_for(tmp_path: Path) -> None:
    liaison.make(tmp_path, 3, 1)
    assert liaison.make(tmp_path, 3, 1) > 0
    with pytest.raises(SystemExit, match="something else"):
        liaison.make(tmp_path, 4, 1)
