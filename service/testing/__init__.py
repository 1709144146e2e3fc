"""Tests that packages which extend istami run against their own parts; they need pytest."""

import pytest

pytest.register_assert_rewrite("service.testing.engines")
