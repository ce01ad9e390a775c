# What turns a mistake that nobody has found into an end instead of a way in:
# python-free-docs/hardening.md. Sanitizers have their own ways.
add_compile_options(-fstack-protector-strong)
add_compile_definitions($<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
include(CheckPIESupported)
check_pie_supported()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
