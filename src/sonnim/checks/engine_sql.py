"""SQL whose results must be the same on every engine: expressions and whole queries."""

from dataclasses import dataclass

from sonnim.checks.rows import Row, Value

MONDAY = 1_772_409_600_000_000
"""2026-03-02T00:00:00Z, a Monday, in microseconds."""
SUNDAY = 1_772_341_567_000_009
"""2026-03-01T05:06:07.000009Z, the day before."""
DAY = 86_400_000_000

ONE_COLUMNS = (
    "text:string empty:string nothing:string json:string number:double zero:double whole:long "
    "t:timestamp words:strings yes:boolean"
)
ONE_ROW: Row = (
    "가나다 it's a1b22 🤦🏼",
    "",
    None,
    '{"가 나":{"b":[1,"x"]},"n":1.50,"s":"값","z":null,"f":true}',
    2.5,
    0.0,
    -7,
    SUNDAY,
    ["b", "a", "b"],
    True,
)
"""The one row of the relation `one` that the expressions read."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """An expression over `one` with its type (a `rows.schema_of` word) and value."""

    sql: str
    type: str
    value: Value


@dataclass(frozen=True, kw_only=True)
class Query:
    """A whole query with its columns (as for `rows.schema_of`) and rows, in order of all columns.

    It may read `one` and `few` (see `FEW_ROWS`).
    """

    sql: str
    columns: str
    rows: tuple[Row, ...]


FEW_COLUMNS = "id:string g:string k:long x:double t:timestamp"
FEW_ROWS: tuple[Row, ...] = (
    ("a", "p", 1, 1.0, 0),
    ("b", "p", 1, 2.0, DAY),
    ("c", "p", 0, 5.0, 8 * DAY),
    ("d", "q", 2, None, 2 * DAY),
    ("e", None, 3, 4.0, None),
)


def _strings(*pairs: tuple[str, str | None]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=sql, type="string", value=value) for sql, value in pairs)


def _longs(*pairs: tuple[str, int | None]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=sql, type="long", value=value) for sql, value in pairs)


def _doubles(*pairs: tuple[str, float | None]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=sql, type="double", value=value) for sql, value in pairs)


def _booleans(*pairs: tuple[str, bool | None]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=sql, type="boolean", value=value) for sql, value in pairs)


def _times(*pairs: tuple[str, int | None]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=sql, type="timestamp", value=value) for sql, value in pairs)


def _lists(*pairs: tuple[str, list[str | None] | None]) -> tuple[Expression, ...]:
    return tuple(Expression(sql=sql, type="strings", value=value) for sql, value in pairs)


EXPRESSIONS: tuple[Expression, ...] = (
    *_strings(
        ("'it''s'", "it's"),
        (r"'a\nb\'", "a\\nb\\"),
        ("text || nothing", None),
        ("concat_ws('-', 'a', nothing, 'b')", "a-b"),
        ("substr(text, 1, 2)", "가나"),
        ("substr(text, -1)", "🏼"),
        ("left(text, 1) || right(text, 1)", "가🏼"),
        ("reverse('가나')", "나가"),
        ("lower('ABC가') || upper('abc')", "abc가ABC"),
        ("replace(text, '가나다', '')", " it's a1b22 🤦🏼"),
        ("trim('  a ')", "a"),
        ("lpad('a', 3, 'x') || rpad('a', 3, 'x')", "xxaaxx"),
        ("split_part('a-b-c', '-', 2)", "b"),
        ("md5('가나')", "743d1a1172edfa64e699e1538c609a0f"),
        ("md5(empty)", "d41d8cd98f00b204e9800998ecf8427e"),
        ("nvl(nothing, 'x')", "x"),
        ("coalesce(nothing, empty, 'x')", ""),
        ("ifnull(nothing, 'x')", "x"),
        ("nullif(empty, '')", None),
        ("if(yes, 'a', 'b')", "a"),
        (r"regexp_replace(text, '[0-9]+', '#')", "가나다 it's a#b# 🤦🏼"),
        (r"regexp_replace(text, '[가-힣]', '')", " it's a1b22 🤦🏼"),
        (r"regexp_extract(text, '([a-z])(\d+)', 2)", "1"),
        (r"regexp_extract(text, 'q(\d+)', 1)", ""),
        (r"regexp_extract(nothing, 'q(\d+)', 1)", None),
        ("array_join(words, ', ')", "b, a, b"),
        ("try_element_at(words, 2)", "a"),
        ("try_element_at(words, 9)", None),
        ("array_max(words) || array_min(words)", "ba"),
        ("get_json_object(json, '$.s')", "값"),
        ("get_json_object(json, '$.가 나.b[1]')", "x"),
        ("get_json_object(json, '$.가 나')", '{"b":[1,"x"]}'),
        ("get_json_object(json, '$.z')", None),
        ("get_json_object(json, '$.none')", None),
        ("get_json_object(json, '$.n')", "1.5"),
        ("get_json_object(json, '$.f')", "true"),
        ("get_json_object(text, '$.n')", None),
        ("iso_date(t)", "2026-03-01"),
        ("iso_time(t)", "2026-03-01T05:06:07.000009Z"),
        ("iso_time(timestamp_micros(-1))", "1969-12-31T23:59:59.999999Z"),
        ("CAST(yes AS STRING) || CAST(whole AS STRING)", "true-7"),
    ),
    *_longs(
        ("length(text)", 17),
        ("length('🤦🏼‍♂️')", 5),
        ("instr(text, 'it')", 5),
        ("position('나' IN text)", 2),
        ("size(words)", 3),
        ("size(no_strings())", 0),
        (r"regexp_count(text, '\d')", 3),
        ("whole % 3", -1),
        ("abs(whole)", 7),
        ("greatest(1, NULL, whole)", 1),
        ("least(1, NULL, whole)", -7),
        ("CAST(floor(number) AS BIGINT)", 2),
        ("CAST(ceil(number) AS BIGINT)", 3),
        ("CAST(floor(-number) AS BIGINT)", -3),
        ("CAST(round(number) AS BIGINT)", 3),
        ("CAST(round(-number) AS BIGINT)", -3),
        ("5000000000 * 2", 10_000_000_000),
        ("year(t) * 10000 + month(t) * 100 + day(t)", 20260301),
        ("quarter(t) * 10000 + hour(t) * 100 + minute(t)", 10506),
        ("weekofyear(t)", 9),
        ("weekday(t)", 6),
        ("dayofweek(t)", 1),
        ("weekday(plus_days(t, 1))", 0),
        ("dayofweek(CAST(plus_days(t, 6) AS DATE))", 7),
        ("datediff(t, timestamp_micros(0))", 20513),
        ("datediff(timestamp_micros(0), timestamp_micros(-1))", 1),
        ("unix_micros(t)", SUNDAY),
        ("unix_seconds(timestamp_micros(-1))", -1),
        ("unix_micros(timestamp_seconds(7))", 7_000_000),
        ("CAST(TRY_CAST('7' AS DOUBLE) AS BIGINT)", 7),
        ("try_element_at(sequence(3, 5), 2)", 4),
    ),
    *_doubles(
        ("1 / 2", 0.5),
        ("1e0 / 3", 1 / 3),
        ("number / nullif(zero, 0)", None),
        ("TRY_CAST('1.5' AS DOUBLE)", 1.5),
        ("TRY_CAST(text AS DOUBLE)", None),
        ("TRY_CAST(' 1e3 ' AS DOUBLE)", 1000.0),
        ("ln(zero)", None),
        ("ln(number - 3.5e0)", None),
        ("ln(1e0)", 0.0),
        ("log(exp(2e0))", 2.0),
        ("log10(1000e0)", 3.0),
        ("log10(zero)", None),
        ("log2(8e0)", 3.0),
        ("log2(zero)", None),
        ("sqrt(6.25e0)", 2.5),
        ("power(number, 2)", 6.25),
        ("CAST('nan' AS DOUBLE)", float("nan")),
        ("greatest(number, CAST('nan' AS DOUBLE))", float("nan")),
        ("CASE WHEN nothing = 'a' THEN 1e0 ELSE 2e0 END", 2.0),
        ("t_quantile(29, 1.96e0)", None),
        ("wilson_low(0, 0, 1.96e0)", None),
        ("nps_high(0, 0, 0, 1.96e0)", None),
    ),
    *_booleans(
        ("contains(text, '나다')", True),
        ("startswith(text, '가') AND endswith(text, '🏼')", True),
        ("startswith(nothing, '가')", None),
        (r"regexp_like(text, '\d\d')", True),
        ("regexp_like(text, '^b')", False),
        ("text LIKE '가%' AND 'A' ILIKE 'a'", True),
        ("'a_c' LIKE 'a!_c' ESCAPE '!' AND NOT 'abc' LIKE 'a!_c' ESCAPE '!'", True),
        ("array_contains(words, 'a')", True),
        ("array_contains(words, 'z')", False),
        ("nothing IS NOT DISTINCT FROM NULL", True),
        ("isnan(CAST('nan' AS DOUBLE))", True),
        ("CAST('nan' AS DOUBLE) > 1e300", True),
        ("'B' < 'a' AND 'a' < 'é' AND 'é' < '가'", True),
        ("plus_months(t, 1) > t", True),
    ),
    *_times(
        ("date_trunc('day', t)", MONDAY - DAY),
        ("date_trunc('week', t)", MONDAY - 7 * DAY),
        ("date_trunc('month', t)", MONDAY - DAY),
        ("date_trunc('quarter', t)", 1_767_225_600_000_000),
        ("date_trunc('year', t)", 1_767_225_600_000_000),
        ("date_trunc('week', timestamp_micros(-1))", -3 * DAY),
        ("date_trunc('week', plus_days(t, 1))", MONDAY),
        ("t + INTERVAL 7 DAYS", SUNDAY + 7 * DAY),
        ("t + INTERVAL 1 MONTH", SUNDAY + 31 * DAY),
        ("plus_days(t, whole)", SUNDAY - 7 * DAY),
        ("plus_months(timestamp_micros(2592000000000), 1)", 58 * DAY),
        ("TRY_CAST(text AS TIMESTAMP)", None),
    ),
    *_lists(
        ("split('a1b22c', '[0-9]+')", ["a", "b", "c"]),
        ("array_sort(words)", ["a", "b", "b"]),
        ("array_sort(array_distinct(words))", ["a", "b"]),
        ("slice(words, 2, 9)", ["a", "b"]),
        ("no_strings()", []),
        (r"regexp_extract_all(text, '([0-9]+)', 1)", ["1", "22"]),
    ),
)

QUERIES: tuple[Query, ...] = (
    Query(
        sql="SELECT g, max_by(id, (k, id), 2) AS best, min_by(id, (k, id), 9) AS least "
        "FROM few GROUP BY g",
        columns="g:string best:strings least:strings",
        rows=(
            ("p", ["b", "a"], ["c", "a", "b"]),
            ("q", ["d"], ["d"]),
            (None, ["e"], ["e"]),
        ),
    ),
    Query(
        sql="SELECT g, max_by(id, (k, id), 2) FILTER (WHERE k > 2) AS best FROM few GROUP BY g",
        columns="g:string best:strings",
        rows=(("p", None), ("q", None), (None, ["e"])),
    ),
    Query(
        sql="SELECT g, count(*) AS n, CAST(sum(k) AS BIGINT) AS k, avg(x) AS x, "
        "CAST(count_if(k = 1) AS BIGINT) AS ones, median(x) AS middle, "
        "percentile_cont(0.25) WITHIN GROUP (ORDER BY x) AS low FROM few GROUP BY g",
        columns="g:string n:long k:long x:double ones:long middle:double low:double",
        rows=(
            ("p", 3, 2, 8 / 3, 2, 2.0, 1.5),
            ("q", 1, 2, None, 0, None, None),
            (None, 1, 3, 4.0, 0, 4.0, 4.0),
        ),
    ),
    Query(
        sql="SELECT g, var_samp(x) AS v, stddev_samp(k) AS s FROM few GROUP BY g",
        columns="g:string v:double s:double",
        rows=(("p", 13 / 3, (1 / 3) ** 0.5), ("q", None, None), (None, None, None)),
    ),
    Query(
        sql="SELECT g, id FROM few QUALIFY row_number() OVER "
        "(PARTITION BY g ORDER BY x DESC NULLS LAST, id NULLS LAST) = 1",
        columns="g:string id:string",
        rows=(("p", "c"), ("q", "d"), (None, "e")),
    ),
    Query(
        sql="SELECT id, lag(x) OVER (PARTITION BY g ORDER BY t NULLS LAST) AS before, "
        "sum(x) OVER (PARTITION BY g ORDER BY t RANGE BETWEEN INTERVAL 7 DAYS PRECEDING "
        "AND CURRENT ROW) AS week FROM few WHERE t IS NOT NULL",
        columns="id:string before:double week:double",
        rows=(("a", None, 1.0), ("b", 1.0, 3.0), ("c", 2.0, 7.0), ("d", None, None)),
    ),
    Query(
        sql="SELECT id, row_number() OVER (ORDER BY x) AS up, "
        "row_number() OVER (ORDER BY x DESC) AS down FROM few",
        columns="id:string up:long down:long",
        rows=(("a", 2, 4), ("b", 3, 3), ("c", 5, 1), ("d", 1, 5), ("e", 4, 2)),
    ),
    Query(
        sql="SELECT g, CAST(grouping(g) AS BIGINT) AS whole, count(*) AS n FROM few "
        "WHERE g IS NOT NULL GROUP BY ROLLUP (g)",
        columns="g:string whole:long n:long",
        rows=(("p", 0, 3), ("q", 0, 1), (None, 1, 4)),
    ),
    Query(
        sql="SELECT f.id FROM few f WHERE NOT EXISTS "
        "(SELECT 1 FROM few o WHERE o.g = f.g AND o.x > f.x)",
        columns="id:string",
        rows=(("c",), ("d",), ("e",)),
    ),
    Query(
        sql="WITH words AS (SELECT id, explode(split('a,b', ',')) AS w FROM few WHERE k = 1) "
        "SELECT w, count(*) AS n FROM words GROUP BY w",
        columns="w:string n:long",
        rows=(("a", 2), ("b", 2)),
    ),
    Query(
        sql="SELECT explode(none) AS w FROM (SELECT no_strings() AS none FROM few) AS e",
        columns="w:string",
        rows=(),
    ),
    Query(
        sql="SELECT plus_days(timestamp_micros(0), i) AS t, n FROM (SELECT explode(sequence(0, 2))"
        " AS i) AS s LEFT JOIN (SELECT date_trunc('day', t) AS t, count(*) AS n FROM few"
        " GROUP BY 1) AS f ON f.t = plus_days(timestamp_micros(0), i)",
        columns="t:timestamp n:long",
        rows=((0, 1), (DAY, 1), (2 * DAY, 1)),
    ),
    Query(
        sql="SELECT a.id, b.id AS other FROM few a FULL OUTER JOIN few b "
        "ON a.id = b.id AND a.k = 1 WHERE a.id = 'a' OR a.id IS NULL",
        columns="id:string other:string",
        rows=(("a", "a"), (None, "c"), (None, "d"), (None, "e")),
    ),
    Query(
        sql="SELECT g FROM few INTERSECT SELECT g FROM few EXCEPT SELECT 'p' AS g",
        columns="g:string",
        rows=(("q",), (None,)),
    ),
    Query(
        sql="SELECT name, v FROM (SELECT id, x, CAST(k AS DOUBLE) AS k FROM few) AS f "
        "UNPIVOT (v FOR name IN (x, k)) WHERE id IN ('a', 'd')",
        columns="name:string v:double",
        rows=(("k", 1.0), ("k", 2.0), ("x", 1.0)),
    ),
    Query(
        sql="SELECT g, array_sort(array_agg(id) FILTER (WHERE id <> 'b')) AS ids FROM few "
        "GROUP BY ALL",
        columns="g:string ids:strings",
        rows=(("p", ["a", "c"]), ("q", ["d"]), (None, ["e"])),
    ),
    Query(
        # Columns named as the macro's parameters, in other roles.
        sql="SELECT round(wilson_low(n, successes, z) * 1000) AS low, "
        "round(nps_high(n, z, successes, 0) * 100) AS high "
        "FROM (SELECT 8 AS n, 10 AS successes, 1.96 AS z) AS f",
        columns="low:double high:double",
        rows=((490.0, 4646.0),),
    ),
    Query(
        sql="""SELECT "a b" AS id, "별 ""점\""" AS mark
        FROM (SELECT id AS "a b", '--' AS "별 ""점\""" FROM few) AS f /* it's */ -- don't
        WHERE "a b" = 'a'""",
        columns="id:string mark:string",
        rows=(("a", "--"),),
    ),
    Query(
        sql="SELECT CAST(sum(k) AS BIGINT) AS k, max(x) AS x, count(*) AS n FROM few WHERE id = ''",
        columns="k:long x:double n:long",
        rows=((None, None, 0),),
    ),
)
