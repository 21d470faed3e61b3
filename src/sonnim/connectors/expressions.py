"""Expressions that presets share: SQL of DuckDB over `{raw names}`, written once."""

from sonnim.connectors.preset import To

NOTHING_ELSE = To(column="attributes", sql="CAST(NULL AS VARCHAR)")
"""For a second kind of rows: what is left over is kept with the first kind only."""

# In this order: an ampersand that was written as an entity must not make another entity.
_ENTITIES = (
    ("&nbsp;", " "), ("&#160;", " "), ("&lt;", "<"), ("&#60;", "<"), ("&gt;", ">"), ("&#62;", ">"),
    ("&quot;", '"'), ("&#34;", '"'), ("&apos;", "'"), ("&#39;", "'"), ("&#x27;", "'"),
    ("&lsquo;", "‘"), ("&rsquo;", "’"), ("&ldquo;", "“"), ("&rdquo;", "”"), ("&hellip;", "…"),
    ("&ndash;", "–"), ("&mdash;", "—"), ("&middot;", "·"), ("&bull;", "•"), ("&amp;", "&"),
    ("&#38;", "&"),
)  # fmt: skip


def plain_text(raw: str) -> str:
    r"""SQL of the text that a piece of HTML shows: tags out, paragraphs and breaks as lines.

    Text without tags stays as it is, also where it has a `<` of its own.

    Example:
        >>> import duckdb
        >>> html = "'<p>Tea &amp; bun</p><p>1 &lt; 2<br>ok</p>'"
        >>> duckdb.sql(f"SELECT {plain_text(html)}").fetchall()[0][0]
        'Tea & bun\n1 < 2\nok'
    """
    made = f"CAST({raw} AS VARCHAR)"
    for pattern, text in (
        (r"(?is)<(style|script)\b.*?</(style|script)>|<!--.*?-->", ""),
        (r"(?i)<br\s*/?>\n?", "\n"),
        (r"(?i)</(p|div|li|tr|h[1-6]|blockquote|ul|ol|table)>\s*", "\n"),
        (r"</?[A-Za-z][^>]*>", ""),
    ):
        made = f"regexp_replace({made}, {literal(pattern)}, {literal(text)}, 'g')"
    for entity, text in _ENTITIES:
        made = f"replace({made}, {literal(entity)}, {literal(text)})"
    return f"trim(regexp_replace({made}, '\\n\\s*\\n+', '\n\n', 'g'), E' \\n\\t\\r')"


def is_filled(raw: str) -> str:
    """SQL that is true where something is written.

    Example:
        >>> is_filled("{Reply}")
        "(length(trim(coalesce(CAST({Reply} AS VARCHAR), ''))) > 0)"
    """
    return f"(length(trim(coalesce(CAST({raw} AS VARCHAR), ''))) > 0)"


def is_true(raw: str) -> str:
    """SQL that is true for the many ways to write yes.

    Example:
        >>> import duckdb
        >>> duckdb.sql(f'''SELECT {is_true("'TRUE'")}, {is_true("NULL")}''').fetchall()
        [(True, False)]
    """
    yes = "('true', '1', 'yes', 'y', 't', '예', '네')"
    return f"(coalesce(lower(trim(CAST({raw} AS VARCHAR))), '') IN {yes})"


def language(raw: str) -> str:
    """SQL of the language in a locale: `ko-KR` and `ko_KR` are `ko`.

    Example:
        >>> import duckdb
        >>> duckdb.sql(f'''SELECT {language("'en_US'")}, {language("''")}''').fetchall()
        [('en', None)]
    """
    return f"nullif(lower(regexp_extract(CAST({raw} AS VARCHAR), '^[A-Za-z]+')), '')"


def handles(raw: str, pattern: str = r"@([A-Za-z0-9_]+)") -> str:
    """SQL of the handles that a text speaks to, comma-separated; null if none.

    Example:
        >>> import duckdb
        >>> duckdb.sql(f'''SELECT {handles("'@tea and @bun hi'")}''').fetchall()
        [('tea,bun',)]
    """
    found = f"regexp_extract_all(CAST({raw} AS VARCHAR), {literal(pattern)}, 1)"
    return f"nullif(array_to_string({found}, ','), '')"


def json_of(raw: str) -> str:
    """SQL of a text that is JSON; null where it is none, which must not stop the others.

    Example:
        >>> import duckdb
        >>> duckdb.sql(f'''SELECT {json_of("'[1'")}, {json_of("'[1]'")}''').fetchall()
        [(None, '[1]')]
    """
    text = f"CAST({raw} AS VARCHAR)"
    return f"(CASE WHEN json_valid({text}) THEN {text} END)"


def items(raw: str, member: str = "") -> str:
    """SQL of the elements of a JSON list, or of a member of each, as texts; empty if it is none.

    Example:
        >>> import duckdb
        >>> people = "'" + '[{"name": "tea"}, {"name": "bun"}]' + "'"
        >>> duckdb.sql(f"SELECT {items(people, 'name')}").fetchall()
        [(['tea', 'bun'],)]
        >>> duckdb.sql(f"SELECT {items('NULL')}").fetchall()
        [([],)]
    """
    path = literal(f"$[*].{member}" if member else "$[*]")
    found = f"CAST(json_extract_string({json_of(raw)}, {path}) AS VARCHAR[])"
    return f"coalesce({found}, CAST([] AS VARCHAR[]))"


def with_each(raw: str, name: str, begin: int = 1) -> str:
    """SQL for `prepare`: each row once as it is, then once for each element of a JSON list.

    Args:
        raw: The list.
        name: Name of the column with the element as JSON; null for the row itself.
        begin: Which element is the first that counts.

    Example:
        >>> import duckdb
        >>> scan = '''(SELECT 7 AS id, '["a", "b"]' AS parts)'''
        >>> query = with_each("parts", "part").replace("{scan}", scan)
        >>> duckdb.sql(f"SELECT id, part FROM ({query})").fetchall()
        [(7, None), (7, '"a"'), (7, '"b"')]
    """
    found = f"CAST(json_extract({json_of(raw)}, '$[*]') AS JSON[])[{begin}:]"
    rest = f"coalesce({found}, CAST([] AS JSON[]))"
    return f"SELECT *, unnest([CAST(NULL AS JSON)] || {rest}) AS {name} FROM {{scan}}"


def literal(text: str) -> str:
    """A text as SQL in an expression of a preset.

    Example:
        >>> literal("it's {x}")
        "'it''s {{x}}'"
    """
    # Braces stand for raw names in the expressions of a preset.
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
