"""The content model: what each kind of entry holds, in Chinese and English keys."""
