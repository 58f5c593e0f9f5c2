"""Issue -> MJML -> HTML -> inlined -> finished; text, web page, message, manifest."""
