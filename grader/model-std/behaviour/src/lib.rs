//! What each primitive of `model-std` does: see `tests/`.
