import math

import pytest

from sonnim.engines.statistics import t_central, t_quantiles, t_table_sql, z_value

stats = pytest.importorskip("scipy.stats", reason="scipy is the reference")


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
def test_t_quantiles_equal_scipy(level: float) -> None:
    for df, t in enumerate(t_quantiles(level), start=1):
        assert t == pytest.approx(stats.t.ppf(0.5 + level / 2, df), rel=1e-9)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 30, 101])
@pytest.mark.parametrize("t", [0.0, 0.1, 1.0, 5.0, 40.0])
def test_t_central_equals_scipy(df: int, t: float) -> None:
    assert t_central(t, df) == pytest.approx(1 - 2 * stats.t.sf(t, df), abs=1e-12)


def test_z_value_is_the_normal_quantile() -> None:
    assert z_value(0.95) == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)


def test_t_table_has_a_row_per_degree_of_freedom() -> None:
    assert t_table_sql(0.95).count("AS BIGINT") == 30


@pytest.mark.parametrize("df", [3.0, 4.5, 5.0, 10.0, 77.3])
def test_welch_p_values_are_near_scipy(df: float) -> None:
    import duckdb

    from sonnim.engines.shared_sql import install_duckdb

    with duckdb.connect() as connection:
        install_duckdb(connection)
        for t in (0.0, 0.5, 1.0, 2.0, 3.5, 8.0):
            row = connection.execute(f"SELECT t_two_sided_p({t}, {df})").fetchone()
            assert row is not None
            error = 3e-5 if df < 5 else 1e-6
            assert row[0] == pytest.approx(2 * stats.t.sf(t, df), abs=error)
            assert not math.isnan(row[0])
