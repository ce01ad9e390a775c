# Run by cpack on the tree that it is about to pack: what Debian's policy wants
# beside the installed files.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX})
set(documents ${root}/share/doc/${CPACK_PACKAGE_NAME})

# The licence, of which Debian has the longer part already.
file(READ ${documents}/LICENSE license)
string(FIND "${license}" "As an exception" exception)
string(SUBSTRING "${license}" ${exception} -1 license)
string(STRIP "${license}" license)
string(REGEX REPLACE "\n\n+" "\n.\n" license "${license}")
string(REPLACE "\n" "\n " license "${license}")
file(WRITE ${documents}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ignis

Files: *
Copyright: 2026 The ignis project
License: Apache-2.0-with-LLVM-exceptions
 The Apache License, Version 2.0, is in /usr/share/common-licenses/Apache-2.0.
 It holds with these exceptions:
 .
 ${license}

Files: usr/bin/ignis-server
Copyright: 2011-2026 Christopher Jeffrey, MarkedJS and other contributors
 2015-2026 Mario Heiderich, Cure53
Comment: Marked (MIT) and DOMPurify (Apache-2.0 or MPL-2.0), as Debian has them,
 are inside for the page that it serves.
License: Apache-2.0-with-LLVM-exceptions and Expat
 Permission is hereby granted, free of charge, to any person obtaining a copy of
 this software and associated documentation files (the \"Software\"), to deal in
 the Software without restriction, including without limitation the rights to
 use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
 the Software, and to permit persons to whom the Software is furnished to do so,
 subject to the following conditions:
 .
 The above copyright notice and this permission notice shall be included in all
 copies or substantial portions of the Software.
 .
 THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
 FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
 COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
 IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
 CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
")

# Of the time that SOURCE_DATE_EPOCH says, if it is set.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${documents}/changelog
"${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Built from the sources by cpack.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
file(GLOB manuals ${root}/share/man/man1/*.1)
execute_process(COMMAND gzip -9n ${documents}/changelog ${manuals}
                COMMAND_ERROR_IS_FATAL ANY)

# Libraries stay where Debian has them.
file(WRITE ${root}/share/lintian/overrides/${CPACK_PACKAGE_NAME}
"# libMLIR.so is in LLVM's folder and nowhere else, libmpi.so in Open MPI's.
${CPACK_PACKAGE_NAME}: custom-library-search-path RUNPATH /usr/lib/llvm-* *
${CPACK_PACKAGE_NAME}: custom-library-search-path RUNPATH /usr/lib/*/openmpi/lib *
")
