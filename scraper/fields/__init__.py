"""One file a field: `read_<field>(raw, document, …) -> Reading | None`. Pure; no field imports another."""
