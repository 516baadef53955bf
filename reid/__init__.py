"""Re-identification: crops to embeddings, and the laboratory around it."""
