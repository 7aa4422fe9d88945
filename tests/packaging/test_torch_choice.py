"""The build of torch for a machine, in the order that docs/decisions/002 gives."""

from __future__ import annotations

import pytest

from setup_steps.errors import SetupError
from setup_steps.torch_choice import CPU_INDEX, WINDOWS_CUDA_INDEX, TorchSource, choose


def chosen(wanted: str = "", platform: str = "linux", *, local: bool = False, nvidia: bool = False) -> TorchSource:
    return choose(wanted, "2.13.0", platform, has_local_wheel=lambda: local, has_nvidia=lambda: nvidia)


def test_a_wheel_on_this_machine_comes_first() -> None:
    source = chosen(local=True, nvidia=True)
    assert (source.requirement, source.options) == ("torch==2.13.0", ("--no-index",))


def test_linux_with_a_driver_takes_the_registry_s_cuda_build() -> None:
    source = chosen(nvidia=True)
    assert (source.requirement, source.options) == ("torch==2.13.0", ())


def test_windows_with_a_driver_takes_the_cuda_index() -> None:
    assert chosen(platform="win32", nvidia=True).options == ("--index-url", WINDOWS_CUDA_INDEX)


@pytest.mark.parametrize("platform", ["linux", "win32"])
@pytest.mark.parametrize("wanted", ["", "cpu"])
def test_otherwise_the_cpu_build_and_by_its_label_no_other(platform: str, wanted: str) -> None:
    source = chosen(wanted, platform)
    assert (source.requirement, source.options) == ("torch==2.13.0+cpu", ("--index-url", CPU_INDEX))
    assert CPU_INDEX in source.regret
    assert "--torch=URL" in source.regret


@pytest.mark.parametrize("wanted", ["", "cpu"])
def test_macos_has_one_build(wanted: str) -> None:
    source = chosen(wanted, "darwin", nvidia=True)
    assert (source.requirement, source.options) == ("torch==2.13.0", ())


def test_an_explicit_cpu_overrules_driver_and_local_wheel() -> None:
    assert chosen("cpu", local=True, nvidia=True).requirement == "torch==2.13.0+cpu"


def test_cuda_can_be_asked_for_where_no_driver_answers() -> None:
    assert "CUDA" in chosen("cuda").words
    assert chosen("cuda").options == ()


def test_an_index_and_a_wheel_are_told_apart() -> None:
    index = chosen("https://example.org/whl/rocm")
    assert (index.requirement, index.options) == ("torch==2.13.0", ("--index-url", "https://example.org/whl/rocm"))
    wheel = chosen("/somewhere/torch-2.13.0-cp311.whl")
    assert (wheel.requirement, wheel.options) == ("/somewhere/torch-2.13.0-cp311.whl", ())


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(SetupError, match="rocket is not a build"):
        chosen("rocket")
    with pytest.raises(SetupError, match="macOS has no CUDA build"):
        chosen("cuda", "darwin")


def test_the_machine_is_not_asked_where_the_answer_is_known() -> None:
    def never() -> bool:
        raise AssertionError

    choose("cpu", "2.13.0", "linux", has_local_wheel=never, has_nvidia=never)
    choose("", "2.13.0", "linux", has_local_wheel=lambda: True, has_nvidia=never)
