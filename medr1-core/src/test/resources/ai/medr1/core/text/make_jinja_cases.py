"""Makes jinja-cases.json: templates and what Jinja2 renders, with the white-space options of chat templates.

    python make_jinja_cases.py > jinja-cases.json
"""
import json
import random
import sys

from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

VARIABLES = {
    "add_generation_prompt": True, "tools": None, "documents": None,
    "messages": [{"role": "user", "content": " a\u00a0{{ 1+1 }}\n"},
                 {"role": "assistant", "content": [{"type": "text", "text": "t{% if %}"}, {"type": "image"}]}],
}
BY_HAND = [
    "{{ messages[0].role }}", "{{ messages[0]['content'] }}|", "{{ messages[0].content | trim }}|",
    "a {{ 'x' }} b\n{% if messages %}\nY {% endif %}\n", "\n{{ 'x' }}\n\n", "a\r\nb\r{% if messages %}\r\nc{% endif %}",
    "{{ 'a\\nb' }}{{ \"a\\tb\" }}{{ 'it\\'s' }}{{ 'back\\\\slash' }}", "{{ 'a%}b' }}{{ 'a}}b' }}{{ '{{' }}{{ '{#' }}",
    "{% if 'a%}b' == 'a' %}1{% else %}2{% endif %}", "{{ {'a': {'b': 'c'}}['a']['b'] }}",
    "{% raw %}{{ x }}{% if %}{% endraw %}z", " {% raw %}\n {{ a }} \n {% endraw %}\nz", "a {%- raw -%} b {%- endraw -%} c",
    "{% set ns = namespace(v=0) %}{% for m in messages %}{% set ns.v = ns.v + 1 %}{{ ns.v }}{{ loop.index0 }}{% if loop.first %}F{% endif %}{% if loop.last %}L{% endif %}{% endfor %}{{ ns.v }}",
    "{{ 'a' + 'b' }}{{ 'a' ~ 1 ~ 'k' }}", "{{ messages[1:] | length }}{{ messages | count }}{{ messages[-1].role }}",
    "{% for m in messages[1:] %}{{ m.role }}{% endfor %}", "{% for m in messages[:-1] %}{{ m.role }}{% endfor %}",
    "{% for m in messages %}{% if m.content is string %}S{% else %}{% for c in m.content %}{{ c.type }}{% if 'text' in c and c.type != 'image' %}{{ c.text }}{% endif %}{% endfor %}{% endif %}{% endfor %}",
    "{% for t in ['is string', 'x'] %}{% if t is string %}s{% endif %}{% if t is mapping %}m{% endif %}{% if t is not number %}n{% endif %}{% endfor %}",
    "{% if messages is mapping %}m{% endif %}{% if messages[0] is mapping %}M{% endif %}{% if messages is string %}S{% endif %}",
    "{% if tools %}1{% endif %}{% if tools is defined %}2{% endif %}{% if tools is undefined %}3{% endif %}{% if none is none %}4{% endif %}{{ tools }}|",
    "{% if tools is defined and tools is not none %}1{% else %}2{% endif %}{{ tools | default('d') }}{{ 'x' | default('d') }}",
    "{% if add_generation_prompt is true %}1{% endif %}{% if add_vision_id is false %}2{% endif %}{% if add_vision_id is defined %}4{% endif %}{% if not add_vision_id %}3{% endif %}",
    "{% for m in messages %}{{ m.role }}{{ add_vision_id }}{{ loop.first }} {% endfor %}",
    "{{ 'a' if add_vision_id else 'b' }}{{ 'a' if add_vision_id }}|", "{{ 7 // 2 }} {{ 7 % 2 }} {{ 2 ** 3 }} {{- 1 }} {{-1 }}{{ -1 }}",
    "{{ [1, 2, 3] | join(',') }}{{ [1, 2] | first }}{{ [1, 2] | last }}{{ 'aB' | upper | lower }}",
    "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}{{ messages[0].get('role') }}",
    "{% macro f(a, b='z') %}[{{ a }}{{ b }}]{% endmacro %}{{ f(3) }}{{ f('x', b='y') }}",
    "{% for a in [1, 2, 3] %}{% if a == 2 %}{% continue %}{% endif %}{{ a }}{% endfor %}{% for a in [1, 2, 3] %}{% if a == 2 %}{% break %}{% endif %}{{ a }}{% endfor %}",
    "{% set x %}\n block {% endset %}[{{ x }}]", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% for i in range(3) %}{{ i }}{% endfor %}",
    "{% set n = 0 %}{% for a in [1, 2] %}{% set n = a %}{% endfor %}{{ n }}", "{{ ('a', 'b')[1] }}{{ 'abc'[1:] }}{{ messages[0].nokey }}|",
    "{% for c in [1, 2, 3] %}{{ loop.revindex }}{{ loop.length }}{% endfor %}",
    "{% if 1 == 1.0 and 'a' in ['a'] and 'b' not in 'ac' and (1 < 2 or 3 <= 1) %}y{% endif %}", "{% if messages[0].role == \"user\" %}y{% elif 1 %}n{% endif %}",
    "\\{{ 'x' }} { {{ 'x' }} } &<>{{ '<&>' }}", "{#- {{ a }} {% if #}b", "{% if 1 %}{# c #}\n{% endif %}x", "x {#c#} \n {#c#} \n y", "{{ 'a' }}  {#c#}\nb",
    "{{ '' }}", "", "\n", "\n\n", "plain", "{", "{ {", "a{%if 1%}b{%endif%}c{{1}}", "{%- if 1 %} {%+ if 1 %} {% endif +%}\n {%- endif -%}\n",
]
PIECES = [" ", "  ", "\n", "\n", "\t", "a", "b ", " c", "{{ 'v' }}", "{{- 'v' }}", "{{ 'v' -}}", "{{- ' v ' -}}", "{# c #}", "{#- c #}", "{# c -#}",
          "{#+ c +#}", "{#+ c #}", "{% set z = 1 %}", "{%- set z = 1 %}", "{% set z = 1 -%}", "{%+ set z = 1 %}", "{% set z = 1 +%}", "{% raw %} {{ r }} {% endraw %}",
          "{% raw -%}\n r {%- endraw %}", "{% raw %}\n r \n {% endraw -%}", "{% raw %}\n  {%+ endraw +%}", "\u00a0", "{ "]
PAIRS = [("{% if 1 %}", "{% endif %}"), ("{%- if 1 %}", "{% endif -%}"), ("{% if 1 -%}", "{%- endif %}"), ("{%+ if 1 +%}", "{%+ endif +%}"),
         ("{% for i in [1, 2] %}", "{% endfor %}"), ("{%- for i in [1, 2] -%}", "{%- endfor -%}")]


def random_template(rng, size):
    parts = []
    while size > 0:
        if size > 3 and rng.random() < 0.3:
            begin, end = rng.choice(PAIRS)
            inner = rng.randrange(1, size)
            parts += [begin, random_template(rng, inner), end]
            size -= inner + 2
        else:
            parts.append(rng.choice(PIECES))
            size -= 1
    return "".join(parts)


def main():
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    rng = random.Random(20260101)
    templates = BY_HAND + [random_template(rng, rng.randrange(3, 14)) for _ in range(int(sys.argv[1]) if sys.argv[1:] else 250)]
    cases = []
    for template in templates:
        cases.append({"template": template, "expected": env.from_string(template).render(**VARIABLES)})
    print(json.dumps({"variables": VARIABLES, "cases": cases}, indent=0, ensure_ascii=True))


if __name__ == "__main__":
    main()
