# SPDX-License-Identifier: MIT
"""The host unit tests: generic code compiled for this machine."""

import pytest

from conftest import TOP, run

TESTS = sorted(p.stem[len("test_"):] for p in (TOP / "tests/host").glob("test_*.c"))


@pytest.mark.quick
@pytest.mark.parametrize("test", TESTS)
def test_host(test):
    r = run(["make", "-s", "-C", "tests/host", "run-" + test], 120)
    assert r.status == 0, r
