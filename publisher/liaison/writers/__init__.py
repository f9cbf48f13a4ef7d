"""Reports in, files of one format out: HTML, Markdown, Word, Excel. What is counted is decided before (`publisher.liaison.figures`)."""
