import pytest

pytest.importorskip("torch")
pytest.importorskip("anny")
pytest.importorskip("numba")
pytest.importorskip("skimage")


@pytest.fixture(scope="session")
def body():
    from tryon_app.training.synth.body import Body

    return Body()


@pytest.fixture(scope="session")
def pairs():
    """Three pairs of one seed, decoded: member -> bytes."""
    from tryon_app.training.synth.generate import samples

    return [{name.split(".", 1)[1]: data for name, data in sample.items()} for sample in samples(0, 5, False, count=3)]
