# SPDX-License-Identifier: MIT
"""The host unit tests: the entry core, compiled for this machine."""

import pytest

from conftest import TOP, run

pytestmark = pytest.mark.quick


def test_host():
    r = run(["make", "-s", "-C", "tests/host", "test"], 120)
    assert r.status == 0, r
