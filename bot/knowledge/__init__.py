"""From the folder `knowledge_base` to checked, frozen objects; pure apart from reading its own files."""
