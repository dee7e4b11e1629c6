"""What spaces do without anybody waiting for it."""
