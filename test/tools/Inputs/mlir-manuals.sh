# mlir-manuals.sh SHARE PROGRAM ...: whether each option and value that --help has
# is in the program's page for man.
share=$1
shift
for program; do
  options=$("$program" --help | grep -oE '^ +(--?[a-zA-Z]|=)[^ =[]*' | tr -d ' ' | sort -u)
  page=$(sed 's/\\-/-/g; s/^\\fB\([^\\]*\)\\fR.*/\1/; s/^\(=[^:]*\):.*/\1/' "$share/man/man1/$program.1" | sort -u)
  missing=$(comm -23 <(echo "$options") <(echo "$page"))
  count=$(wc -l <<< "$options")
  if [ -n "$missing" ] || [ "$count" -lt 50 ]; then
    echo "$program: of $count options, the page lacks" $(head -n 5 <<< "$missing")
    exit 1
  fi
done
