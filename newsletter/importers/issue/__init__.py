"""An outline -> the files of an issue, and a newer draft into them."""
