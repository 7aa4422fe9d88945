from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.errors import ModelError, RequestError
from core.guidance_settings import GuidanceSettings
from core.models.card import write_card
from core.models.loader import choose_device, load_model
from core.models.registry import ModelRegistry
from tests.core.models.mixture_model import NETWORK, install_mixture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    install_mixture(tmp_path / "models")
    return tmp_path / "models"


def test_models_of_all_folders_are_listed_and_the_first_folder_wins(tmp_path: Path, folder: Path) -> None:
    mine = tmp_path / "mine"
    install_mixture(mine, "another")
    install_mixture(mine, "mixture", side=8)
    registry = ModelRegistry((folder, mine, tmp_path / "missing"))
    assert [card.id for card in registry.cards()] == ["mixture", "another"]
    assert registry.card("mixture").sizes == ((16, 16),)
    assert registry.folder("another") == mine


def test_a_broken_card_is_left_out_and_told_and_spoils_no_other(folder: Path) -> None:
    (folder / "broken.json").write_text("{")
    registry = ModelRegistry((folder,))
    assert [card.id for card in registry.cards()] == ["mixture"]
    (problem,) = registry.problems()
    assert "broken.json" in problem
    with pytest.raises(ModelError, match=r"broken\.json is not JSON"):
        registry.card("broken")


def test_an_unknown_model_is_refused_with_those_that_are_here(folder: Path) -> None:
    with pytest.raises(ModelError, match="'sd9' is not installed; installed are: mixture"):
        ModelRegistry((folder,)).card("sd9")
    with pytest.raises(ModelError, match="installed are: none"):
        ModelRegistry(()).card("sd9")


def test_files_are_checked_against_the_card(folder: Path) -> None:
    registry = ModelRegistry((folder,))
    path = registry.files("mixture")["painter"]
    assert registry.size_bytes("mixture") == path.stat().st_size
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))
    with pytest.raises(ModelError, match=r"has sha256 .* the file is damaged or another one"):
        registry.files("mixture")
    path.unlink()
    with pytest.raises(ModelError, match="is missing; install the model again"):
        registry.files("mixture")
    assert registry.size_bytes("mixture") == 0


def test_a_file_is_hashed_once_while_it_stays_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = ModelRegistry((folder,))
    first = registry.files("mixture")
    monkeypatch.setattr("core.models.registry.hashlib.file_digest", lambda *_: pytest.fail("hashed again"))
    assert registry.files("mixture") == first


def test_a_model_replaced_while_we_run_is_read_again(folder: Path) -> None:
    registry = ModelRegistry((folder,))
    first = registry.files("mixture")
    assert registry.card("mixture").sizes == ((16, 16),)
    install_mixture(folder, side=8)
    assert registry.files("mixture") == first
    assert registry.card("mixture").sizes == ((8, 8),)


def test_new_models_are_seen_after_a_refresh(folder: Path) -> None:
    registry = ModelRegistry((folder,))
    assert len(registry.cards()) == 1
    install_mixture(folder, "second")
    assert len(registry.cards()) == 1
    registry.refresh()
    assert len(registry.cards()) == 2


def test_a_loaded_model_is_kept_until_its_file_changes(folder: Path) -> None:
    registry = ModelRegistry((folder,))
    first = load_model(registry, "mixture", "cpu")
    assert first.device == torch.device("cpu")
    assert load_model(registry, "mixture", "cpu") is first
    install_mixture(folder, "mixture", side=8)
    registry.refresh()
    assert load_model(registry, "mixture", "cpu").card.sizes == ((8, 8),)


def test_only_known_networks_are_ever_built(folder: Path) -> None:
    card = folder / "mixture.json"
    card.write_text(card.read_text().replace(NETWORK, "os:system"))
    with pytest.raises(ModelError, match="has network 'os:system'; this Noisette builds tabletop"):
        load_model(ModelRegistry((folder,)), "mixture")


def test_only_models_that_make_pictures_are_loaded_to_make_them(folder: Path) -> None:
    card = folder / "mixture.json"
    card.write_text(card.read_text().replace('"kind": "picture"', '"kind": "detector"'))
    with pytest.raises(ModelError, match="is a detector; choose one that makes pictures"):
        load_model(ModelRegistry((folder,)), "mixture")


def test_a_device_that_is_not_here_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device("auto") == torch.device("cpu")
    with pytest.raises(RequestError, match="'cuda' is not on this machine; choose auto or one of cpu"):
        choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda")


def test_a_weaker_model_serves_another_and_counts_where_it_is_asked(folder: Path) -> None:
    registry = ModelRegistry((folder,))
    served = registry.cards()[0]
    auto, plain = GuidanceSettings(2.0, method="auto"), GuidanceSettings(2.0)
    assert registry.weaker(served.id) is None
    assert registry.weights_used(served.id, auto) == served.sha256
    card = replace(served, id="weak", kind="weak", serves=served.id, files={"painter": "w.safetensors"})
    write_card(replace(card, sha256={"painter": "a" * 64}), folder / "weak.json")
    registry.refresh()
    weaker = registry.weaker(served.id)
    assert weaker is not None
    assert weaker.id == "weak"
    assert registry.weights_used(served.id, auto) == served.sha256 | {"weak": "a" * 64}
    assert registry.weights_used(served.id, plain) == served.sha256
    assert registry.weights_used(served.id, replace(auto, scale=1.0)) == served.sha256
    with pytest.raises(ModelError, match="it must name the model it serves"):
        write_card(replace(card, serves=""), folder / "weak.json")


def test_what_a_model_lacks_is_told_without_reading_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = ModelRegistry((folder,))
    assert registry.hindrance("mixture") == ""
    monkeypatch.setattr("core.models.registry.READ_BY_MINILM", {NETWORK})
    monkeypatch.setattr("core.models.registry.missing_minilm", lambda: "no encoder; get one")
    assert registry.hindrance("mixture") == "no encoder; get one"
    for file in folder.glob("*.safetensors"):
        file.unlink()
    assert "of model mixture is missing; install the model again" in registry.hindrance("mixture")
