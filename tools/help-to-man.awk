# What --help says of a program whose options are LLVM's, as a page for man:
#   PROGRAM --help | awk -v name=PROGRAM -f help-to-man.awk
# Options, with their values, each become an entry; what is further in belongs to
# the one above.

function escape(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  sub(/^[.']/, "\\\\\\&&", text)
  return text
}

# "--name=<value>   - what it does": the two halves of it.
function split_entry(line) {
  sub(/^ +/, "", line)
  at = match(line, / +- +/)
  left = at ? substr(line, 1, at - 1) : line
  right = at ? substr(line, at + RLENGTH) : ""
}

/^OVERVIEW: / {
  printf ".TH %s 1 \"\" \"ignis\"\n.SH NAME\n%s \\- %s\n", toupper(name),
         escape(name), escape(substr($0, 11))
  next
}
/^USAGE: / {
  printf ".SH SYNOPSIS\n%s\n", escape(substr($0, 8))
  if (description)
    printf ".SH DESCRIPTION\n%s", description
  printf ".SH OPTIONS\n.ad l\n"
  hasUsage = 1
  next
}
/^ *$/ || /^OPTIONS:$/ { next }
/^[^ ].*:$/ {
  printf ".SS %s\n", escape(substr($0, 1, length($0) - 1))
  next
}
/^ +--?[a-zA-Z]/ {
  split_entry($0)
  at = match(left, /[=[ ]/)
  flag = at ? substr(left, 1, at - 1) : left
  printf ".TP\n\\fB%s\\fR%s\n%s\n", escape(flag),
         at ? escape(substr(left, at)) : "", escape(right)
  next
}
/^ +=/ {
  split_entry($0)
  printf ".br\n%s: %s\n", escape(left), escape(right)
  next
}
{
  sub(/^ +/, "")
  if (hasUsage)
    printf ".PP\n%s\n", escape($0)
  else
    description = description escape($0) "\n"
}
