"""Elections, memoranda and their editions: from adopted recommendations to the PDF handed over."""
