"""Makes cases.json: fragments of chat templates and what transformers renders with Jinja2 (null: an error).

    python make_cases.py > cases.json
    python make_cases.py --fuzz SEED COUNT > fuzz.json    # random fragments; then run JinjaTemplateTest with
                                                          # -Dmedr1.jinja.cases=fuzz.json

Needs transformers with jinja2. The fragments were written for this purpose.
"""
import copy
import json
import random
import sys
import warnings

from transformers.utils.chat_template_utils import _compile_jinja_template

TOOL = {"type": "function", "function": {"name": "find_lesion", "description": "Sucht \u00abL\u00e4sion\u00bb <b> & \"x\"", "parameters":
        {"type": "object", "properties": {"size": {"type": "number", "minimum": 0.5}, "deep": {"type": "boolean", "default": False}}, "required": []}}}
VARIABLES = {
    "add_generation_prompt": True, "add_vision_id": False, "tools": None, "documents": None, "eos_token": "<|im_end|>",
    "functions": [TOOL],
    "messages": [
        {"role": "system", "content": "You read images."},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "  What is \u00fcber here? \U0001f600\n"}]},
        {"role": "assistant", "content": "<think>\nA shadow.\n</think>\n\nIt is B.", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1, "b": [True, None]}}}]},
        {"role": "user", "content": [{"type": "text", "text": "Sure?"}]},
    ],
    "d": {"b": 2, "a": 1, "C": 3, "n": None, "items": 7}, "e": {}, "l": [3, 1, 2, 1], "s": "Hello, World of X-rays", "u": "Stra\u00dfe \u00e9t\u00e9 \U0001f600!",
    "words": ["pear", "Apple", "fig", "apple"], "rows": [{"k": "x", "v": 1}, {"k": "y", "v": None}, {"k": "x"}], "x": 5, "f": 2.5, "t": True, "none_value": None,
    "tree": [{"n": "a", "c": [{"n": "b", "c": []}, {"n": "c", "c": [{"n": "d", "c": []}]}]}],
}
BY_HAND = [
    # printing
    "{{ true }} {{ False }} {{ none }} {{ t }} {{ none_value }} {{ nothing }}|", "{{ 1.0 }} {{ 1e20 }} {{ 0.1 + 0.2 }} {{ 1e-7 }} {{ 123456789.125 }} {{ 1e16 }} {{ 1e15 }} {{ -0.0 }} {{ 1/3 }}",
    "{{ [1, 'a', \"it's\", true, none, 2.0] }} {{ (1,) }} {{ () }} {{ (1, 'b') }} {{ {} }} {{ {'a': [1], 2: (3,)} }}", "{{ d }} {{ d.items() }} {{ d.keys() }} {{ d.values() }} {{ range(3) }} {{ range(1, 9, 2) }}",
    "{{ ['a\\nb', 'q\"', \"'\\\"\", 'tab\\t', '\u00e9', '\\u200b', '\\x07'] }}", "{{ [nothing] }} {{ [u] }}", "{{ messages }}", "{{ functions }}", "{{ 1_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 1_0.5 }} {{ 2.5e3 }} {{ 00 }}",
    "{{ 'a' 'b' }} {{ 'a\\'b' }} {{ 'back\\\\slash' }} {{ 'new\\nline' }} {{ '\\u00e9\\x41\\101\\q' }} {{ \"\\\"\" }} {{ 'a\\\nb' }}",
    # tojson
    "{{ functions | tojson }}", "{{ functions | tojson(indent=2) }}", "{{ functions[0] | tojson(ensure_ascii=true) }}", "{{ d | tojson(separators=(',', ':')) }}{{ d | tojson(sort_keys=false, indent=1) }}", "{{ {'b': 1, 'a': {'d': 1, 'c': []}} | tojson(sort_keys=True, indent=4) }}",
    "{{ [] | tojson(indent=2) }}{{ {} | tojson(indent=2) }}{{ [[], {}] | tojson(indent=2) }}", "{{ u | tojson }}{{ u | tojson(true) }}{{ '\\x7f\\x01\\u2028/</script>' | tojson }}{{ '\\x7f\\u2028' | tojson(ensure_ascii=True) }}", "{{ {1: 2, true: 3, none: 4, 1.5: 5} | tojson }}", "{{ none | tojson }}{{ true | tojson }}{{ 1.0 | tojson }}{{ 1e20 | tojson }}{{ (1, 2) | tojson }}", "{{ [1, [2]] | tojson(indent='--') }}", "{{ nothing | tojson }}", "{{ {(1, 2): 3} | tojson }}", "{{ l | map('string') | tojson }}", "{{ l | tojson(indents=3) }}", "{{ messages[2].tool_calls[0].function.arguments | tojson }}",
    # methods of texts
    "[{{ '  a b '.strip() }}][{{ '  a '.lstrip() }}][{{ ' a  '.rstrip() }}][{{ 'xxaxx'.strip('x') }}][{{ 'xya'.lstrip('yx') }}][{{ 'a\\n\\n'.rstrip('\\n') }}]", "{{ s.split() }}{{ s.split(', ') }}{{ s.split(' ', 1) }}{{ 'a,b,,c'.split(',') }}{{ ''.split() }}{{ ''.split(',') }}{{ ' a  b '.split(' ') }}{{ 'a b c'.split(maxsplit=1) }}{{ 'a b c'.rsplit(' ', 1) }}{{ ' a  b c '.rsplit(none, 1) }}",
    "{{ messages[2].content.split('</think>')[-1].lstrip('\\n') }}{{ messages[2].content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') }}", "{{ s.startswith('Hello') }}{{ s.endswith(('x', 's')) }}{{ s.startswith(('x', 'y')) }}", "{{ s.upper() }}{{ s.lower() }}{{ s.title() }}{{ s.capitalize() }}{{ u.upper() }}{{ u.title() }}{{ \"they're bill's x1y\".title() }}",
    "{{ s.replace('o', '0') }}{{ s.replace('o', '0', 1) }}{{ 'aaa'.replace('', '-') }}{{ 'aaa'.replace('a', '', 2) }}", "{{ ', '.join(words) }}{{ ''.join(['a', 'b']) }}{{ '-'.join('abc') }}{{ ','.join(d) }}", "{{ s.find('W') }}{{ s.find('zz') }}{{ s.index('W') }}{{ s.count('l') }}{{ u.find('!') }}{{ s.rfind('o') }}", "{{ 'abc'.isdigit() }}{{ '12'.isdigit() }}{{ 'aB'.isalpha() }}{{ 'a1'.isalnum() }}{{ ' '.isspace() }}{{ 'AB'.isupper() }}{{ 'ab1'.islower() }}",
    "{{ 'a=b=c'.partition('=') }}{{ 'a=b=c'.rpartition('=') }}{{ 'abc'.removeprefix('a').removesuffix('c') }}{{ '7'.zfill(3) }}{{ '-7'.zfill(4) }}[{{ 'a'.center(4) }}][{{ 'ab'.center(5, '*') }}][{{ 'a'.ljust(3) }}][{{ 'a'.rjust(3) }}]", "{{ 'a\\nb\\r\\nc\\n'.splitlines() }}{{ 'a\\nb'.splitlines(true) }}", "{{ '{} and {}'.format(1, 'b') }}{{ '{0}{1}{0}'.format('x', none) }}{{ '{n}{{}}'.format(n=true) }}{{ '%s is %d' % ('a', 3) }}{{ '%s%%' % 5 }}{{ '%s-%s' | format(1, none) }}",
    "{{ ','.join(l) }}", "{{ s.index('zz') }}", "{{ ''.split('') }}", "{{ s.nosuch }}|{{ s.nosuch is defined }}", "{{ s.nosuch() }}", "{{ l.append(1) }}", "{{ d.update({'z': 1}) }}", "{{ d.pop('a') }}", "{{ l.sort() }}",
    # items and slices
    "{{ s[0] }}{{ s[-1] }}{{ s[1:4] }}{{ s[::-1] }}{{ s[-4:] }}{{ s[:-7] }}{{ s[::2] }}{{ s[10:2:-2] }}{{ u[-2] }}{{ u[::-1] }}{{ u[:9] }}{{ u | length }}", "{{ l[::-1] }}{{ l[1:] }}{{ l[-2:] }}{{ l[:100] }}{{ l[5:] }}{{ (1, 2, 3)[::-1] }}{{ l[-1:-3:-1] }}{{ l[99] }}{{ l[-99] }}|{{ s[99] }}|", "{{ messages[::-1][0].role }}{{ messages[-1]['role'] }}{{ messages[1:][0]['content'][1].text }}{{ messages.0.role }}", "{{ d['a'] }}{{ d.a }}{{ d.get('a') }}{{ d.get('zz') }}{{ d.get('zz', 4) }}{{ d.zz }}{{ d['zz'] }}|", "{{ d.zz.y }}", "{{ nothing.y }}", "{{ nothing['y'] }}", "{{ none_value.y }}|{{ none_value['y'] }}|{{ x.y }}|", "{{ d[[1]] }}|{{ l['a'] }}|{{ l[none] }}|{{ l[1.0] }}|{{ l[true] }}", "{{ x[1:] }}", "{{ d[1:] }}", "{{ l[::0] }}", "{{ d['items'] }}", "{% for k, v in d.items() %}{{ k }}={{ v }},{% endfor %}{% for k in d %}{{ k }}{% endfor %}",
    # operators
    "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ -2 ** 2 }} {{ 2 ** 3 ** 2 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }}", "{{ 1 / 0 }}", "{{ 1 + 'a' }}", "{{ 'a' + 1 }}", "{{ 'ab' * 3 }}{{ 2 * 'x' }}{{ [1] * 2 }}{{ (1,) * 2 }}{{ 'a' * -1 }}{{ true + true }}{{ 'a' * true }}", "{{ [1] + [2] }}{{ (1,) + (2,) }}", "{{ [1] + (2,) }}", "{{ 'a' ~ 1 ~ none ~ true ~ nothing ~ 1.0 ~ [1] }}", "{{ 1 < 2 < 3 }}{{ 1 < 3 < 2 }}{{ 1 == 1.0 }}{{ true == 1 }}{{ 'a' < 'b' }}{{ 'Z' < 'a' }}{{ [1, 2] < [1, 3] }}{{ none == none }}{{ 'a' == 1 }}{{ [1] == (1,) }}{{ {'a': 1} == {'a': 1.0} }}{{ nothing == other }}",
    "{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ nothing + 1 }}", "{{ nothing < 1 }}", "{{ 'a' in s }}{{ 'H' in s }}{{ 1 in l }}{{ 9 not in l }}{{ 'a' in d }}{{ 'zz' not in d }}{{ 1 in nothing }}{{ 1 in range(3) }}{{ 2 in d.values() }}{{ none in [none] }}", "{{ 1 in s }}", "{{ 1 in x }}", "{{ not [] }}{{ not {} }}{{ not '' }}{{ not 0 }}{{ not 0.0 }}{{ not none }}{{ not nothing }}{{ not 'a' }}{{ not range(0) }}", "{{ '' or 'b' }}{{ 'a' and 'b' }}{{ 0 or none }}{{ [] and 1 }}{{ nothing or 'd' }}{{ 1 and nothing }}|", "{{ 'y' if t else 'n' }}{{ 'y' if e }}|{{ 'a' if 0 else 'b' if 0 else 'c' }}{{ (1 if t else 2) + 3 }}", "{{ -x }}{{ +x }}{{ - -x }}{{ -x | abs }}{{ -f }}{{ -true }}", "{{ 1 if x > 3 and not e or none else 2 }}",
    # tests
    "{{ l is iterable }}{{ s is iterable }}{{ x is iterable }}{{ d is mapping }}{{ l is mapping }}{{ s is string }}{{ l is sequence }}{{ d is sequence }}{{ s is sequence }}{{ d.items() is sequence }}{{ none is sequence }}{{ nothing is iterable }}{{ nothing is sequence }}{{ nothing is string }}", "{{ none_value is none }}{{ nothing is none }}{{ nothing is defined }}{{ nothing is undefined }}{{ d.zz is defined }}{{ d.n is defined }}{{ x is not none }}", "{{ t is true }}{{ 1 is true }}{{ false is false }}{{ t is boolean }}{{ 1 is boolean }}{{ 1 is integer }}{{ true is integer }}{{ 1.0 is float }}{{ 1 is number }}{{ true is number }}{{ '1' is number }}", "{{ 3 is odd }}{{ 4 is even }}{{ 9 is divisibleby 3 }}{{ 9 is divisibleby(2) }}{{ 1 is in [1] }}{{ 1 is eq 1 }}{{ 1 is ne(2) }}{{ 2 is gt 1 }}{{ 1 is lessthan 2 }}{{ none is sameas none }}{{ 'a' is lower }}{{ 'a' is upper }}", "{{ range is callable }}{{ x is callable }}{{ 'upper' is filter }}{{ 'zz' is filter }}{{ 'odd' is test }}", "{{ 1 + 2 is odd }}{{ not x is odd }}{{ x is odd and t }}{{ x is not odd or t }}", "{{ x is nosuchtest }}", "{% if false %}{{ x is nosuchtest }}{{ x | nosuchfilter }}{% endif %}ok", "{{ x | nosuchfilter }}", "{% if t %}{{ x | nosuchfilter }}{% endif %}",
    # filters
    "{{ rows | selectattr('k', 'equalto', 'x') | list }}{{ rows | selectattr('v') | map(attribute='k') | join }}{{ rows | rejectattr('v') | list | length }}{{ rows | selectattr('v', 'defined') | list | length }}{{ rows | selectattr('v', 'none') | list }}{{ rows | rejectattr('k', 'in', ['x']) | map(attribute='k') | first }}", "{% if rows | selectattr('k', 'equalto', 'zz') %}always{% endif %}{% if rows | selectattr('k', 'equalto', 'zz') | list %}never{% endif %}", "{{ l | select('odd') | list }}{{ l | reject('odd') | list }}{{ l | select('gt', 1) | list }}{{ [0, 1, '', 'a'] | select | list }}{{ [0, 1] | reject | list }}", "{{ words | map('upper') | join(' ') }}{{ words | map('length') | list }}{{ words | map('replace', 'p', 'q') | list }}{{ rows | map(attribute='v', default='D') | list }}{{ messages | map(attribute='role') | list }}{{ rows | map(attribute='zz') | list }}{{ [[1, 2]] | map(attribute=1) | list }}{{ [[1, 2]] | map('first') | list }}",
    "{% set g = words | map('upper') %}{{ g | join }}|{{ g | join }}|{{ g is iterable }}", "{{ words | sort }}{{ words | sort(case_sensitive=true) }}{{ l | sort(reverse=true) }}{{ rows | sort(attribute='k') | map(attribute='k') | join }}{{ d | sort }}{{ 'cab' | sort }}", "{{ [1, 'a'] | sort }}", "{{ rows | sort(attribute='v') }}", "{{ words | unique | list }}{{ l | unique | list }}{{ rows | unique(attribute='k') | map(attribute='k') | join }}{{ words | unique(true) | list }}{{ [1, 1.0, true] | unique | list }}", "{{ d | dictsort }}{{ {'b': 1, 'A': 2} | dictsort(true) }}{{ {'b': 1, 'a': 2} | dictsort(by='value', reverse=true) }}", "{{ l | batch(3) | list }}{{ l | batch(3, 0) | list }}{{ l | slice(3) | list }}{{ l | slice(3, 'z') | list }}{% for b in l | batch(2) %}{{ b | join('-') }};{% endfor %}",
    "{{ l | first }}{{ l | last }}{{ [] | first }}|{{ [] | last }}|{{ s | first }}{{ d | first }}{{ d | last }}{{ l | select('odd') | first }}", "{{ l | select('odd') | last }}", "{{ l | select('odd') | length }}", "{{ l | length }}{{ d | count }}{{ s | length }}{{ nothing | length }}", "{{ x | length }}", "{{ none | length }}", "{{ nothing | default('d') }}{{ none | default('d') }}{{ none | default('d', true) }}{{ '' | d('e', boolean=true) }}{{ '' | default('e') }}{{ d.zz | default([]) }}", "[{{ '  a ' | trim }}][{{ 'xax' | trim('x') }}][{{ none | trim }}][{{ 5 | upper }}][{{ 'aB c-d (e' | title }}][{{ 'aB' | capitalize }}][{{ 'AB' | lower }}]", "{{ l | join(', ') }}{{ l | join }}{{ rows | join('|', attribute='k') }}{{ 'abc' | join('-') }}{{ [1, none, true] | join(',') }}", "{{ l | sum }}{{ [1.5, 2] | sum }}{{ [{'p': 1}, {'p': 2}] | sum(attribute='p') }}{{ [[1], [2]] | sum(start=[]) }}{{ l | min }}{{ l | max }}{{ words | max }}{{ [] | min }}|", "{{ 2.5 | round }}{{ 3.14159 | round(2) }}{{ 2.1 | round(method='ceil') }}{{ 2.9 | round(0, 'floor') }}{{ 5 | round }}{{ -2.5 | round }}{{ '42' | int }}{{ '4.7' | int }}{{ 'z' | int }}{{ 'z' | int(7) }}{{ 3.9 | int }}{{ '1.5' | float }}{{ 'z' | float }}{{ 3 | float }}{{ none | int }}{{ true | int }}", "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2, true) }}|{{ 'a\\n\\nb' | indent(width=1, blank=true) }}|{{ 'a\\nb' | indent('> ') }}", "{{ 'abc' | list }}{{ d | list }}{{ d | items | list }}{{ 'abc' | reverse }}{{ l | reverse | list }}{{ 5 | string + 'a' }}{{ 'aXa' | replace('a', 'b') }}{{ 'aaa' | replace('a', 'b', 2) }}{{ 121 | replace(1, 3) }}{{ -3 | abs }}[{{ 'ab' | center(6) }}]", "{{ d | attr('a') }}|{{ words | map('title') | map('trim', 'e') | list }}",
    # loops
    "{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.cycle('a', 'b') }}{{ loop.previtem.role if not loop.first }}{{ loop.nextitem.role if loop.nextitem is defined else 'end' }};{% endfor %}", "{% for a in l if a > 1 %}{{ loop.index }}/{{ loop.length }}:{{ a }} {% else %}none{% endfor %}{% for a in l if a > 9 %}x{% else %}none{% endfor %}{% for a in [] %}{% else %}empty{% endfor %}{% for a in nothing %}{% else %}undefined{% endfor %}", "{% for n in tree recursive %}{{ n.n }}{{ loop.depth }}{% if n.c %}({{ loop(n.c) }}){% endif %}{% endfor %}", "{% for a in l %}{% if loop.index == 2 %}{% continue %}{% endif %}{% if loop.index == 4 %}{% break %}{% endif %}{{ a }}{% else %}no{% endfor %}", "{% for a in [1, 1, 2] %}{{ loop.changed(a) }}{% endfor %}", "{% for a in l %}{% for b in 'xy' %}{{ loop.index }}{{ a }}{{ b }}{% endfor %}{{ loop.index }}{% endfor %}", "{% for a, b in [(1, 2), [3, 4], 'xy'] %}{{ a }}{{ b }}{% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for a in x %}{% endfor %}", "{% for a in none %}{% endfor %}", "{{ loop }}|", "{% for a in l %}{% endfor %}{{ a }}|", "{% for m in messages %}{% set last = m.role %}{% endfor %}{{ last }}|{% set y = 1 %}{% for a in l %}{{ y }}{% set y = y + a %}{{ y }}{% endfor %}{{ y }}", "{% for a in l %}{% if loop.first %}{% set z = 'first' %}{% endif %}{{ z }}|{% endfor %}", "{% break %}", "{% for i in range(5, 0, -2) %}{{ i }}{% endfor %}{% for i in range(0) %}x{% endfor %}", "{% for i in range(200000) %}{% endfor %}", "{% for c in u %}{{ c }}.{% endfor %}", "{% for m in messages | reverse %}{{ loop.index }}{{ m.role[0] }}{{ loop.last }}{% endfor %}", "{% for k, v in d | dictsort %}{{ k }}{{ v }}{% endfor %}{% for k, g in d.items() if g %}{{ k }}{% endfor %}",
    # variables
    "{% set ns = namespace(n=0, found=false) %}{% for m in messages %}{% if m.role == 'user' %}{% set ns.n = ns.n + 1 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.n }}{{ ns.found }}{{ ns.zz }}|{{ ns['n'] }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}", "{% set d.a = 3 %}", "{% set nothing.a = 3 %}", "{% set ns = namespace() %}{% set ns._a = 1 %}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set c = 1, 2 %}{{ c }}{% set c = (1,) %}{{ c }}", "{% set a, b = [1] %}", "{% set b %}  x {{ x }}\n{% endset %}[{{ b }}]{% set b | upper | trim %} y{% endset %}[{{ b }}]", "{% if t %}{% set inside = 1 %}{% endif %}{{ inside }}{% if e %}{% set never = 1 %}{% endif %}{{ never }}|", "{% with a = 1, b = x %}{{ a }}{{ b }}{% set x = 9 %}{{ x }}{% endwith %}{{ a }}{{ x }}", "{{ dict(a=1, b=2) }}{{ dict([('a', 1)]) }}{{ dict(d, a=9).a }}{{ dict() }}", "{% set true = 1 %}", "{% for a in l %}{{ x }}{% endfor %}{{ x }}{% if t %}{% set x = 2 %}{% endif %}{{ x }}",
    # macros
    "{% macro m(a, b='z', c=none) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(c=3, a=1) }}{{ m() }}{{ m(1, 2, 3) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}", "{% macro m(a) %}<{{ a }}:{{ caller() }}>{% endmacro %}{% call m(1) %}in {{ x }}{% endcall %}", "{% macro m() %}{% for i in l %}{{ caller(i, loop.last) }}{% endfor %}{% endmacro %}{% call(i, z='d') m() %}{{ i }}{{ z }};{% endcall %}", "{% macro fact(n) %}{{ n if n < 2 else n * (fact(n - 1) | int) }}{% endmacro %}{{ fact(5) }}", "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, b=2) }}", "{% macro m() %}{{ y }}{% endmacro %}{% set y = 3 %}{{ m() }}", "{% macro m() %}{% set x = 1 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}{{ m() | length }}{{ m() is string }}", "{% macro m() %}a{% endmacro %}{{ m() + 'b' }}{{ [m()] }}", "{% call m() %}{% endcall %}", "{{ m(1) }}{% macro m(a) %}{% endmacro %}", "{% macro r(a) %}{{ r(a) }}{% endmacro %}{{ r(1) }}", "{% macro img(c) %}{%- if c.type == 'image' -%}<img>{%- else -%}{{ c.text | trim }}{%- endif -%}{% endmacro %}{% for m in messages if m.content is not string %}{% for c in m.content %}{{ img(c) }}{% endfor %}{% endfor %}",
    # blocks, white space
    "{% for m in messages %}\n  {% if m.role == 'assistant' %}\n    {% generation %}\n    {{- m.content }}\n    {% endgeneration %}\n  {% endif %}\n{% endfor %}", "{% generation %}{% set x = 1 %}{{ x }}{% endgeneration %}{{ x }}", "{% for a in l %}{% generation %}{{ loop.index }}{% endgeneration %}{% endfor %}", "{% filter upper %}a{{ s }}{% endfilter %}{% filter replace('a', 'b') | upper %}aa{% endfilter %}", "{% raw %}{{ x }}{% if %}{% endraw %}{#- c -#} {# {{ #}z", "  {%- if t -%}  a  {%- endif -%}  b", "  {% if t %}\n  a\n  {% endif %}\n  {{ x }}\n  {%+ if t %} b{% endif +%}\nc\n\n", "a\n  {# c #}\nb{# c #} \n{#- d -#}\ne", "{{- x -}}\n {{ x }}\n{{ x -}} \n y", "a\r\nb\r\n{% if t %}\r\nc{% endif %}\r\n", "{% if t %}x{%- else %}y{% endif %}\n\n\nz\n", "{% print x %}", "{{ x", "{% if x %}", "{% endif %}", "{% for %}{% endfor %}", "{{ }}", "{{ 1 + }}", "{{ (1 }}", "{# c", "{% raw %}x", "{{ 'a }}", "{% foo %}", "{{ a.b. }}", "{{ ~ }}", "{{ 1 2 }}", "{{ x is defined is defined }}", "{% if t: %}colon{% endif %}", "{{ 'a%}b' }}{{ 'a}}b' }}{{ {'a': {'b': 1}}['a']['b'] }}",
    # what the environment gives
    "{{ raise_exception('bad role') }}", "{% if e %}{{ raise_exception('no') }}{% endif %}ok", "{{ strftime_now('%%') }}{{ strftime_now('%Y') | length }}{{ strftime_now('%d %b %Y') | length }}", "{{ eos_token }}{{ bos_token }}|", "{{ range(3) | list }}{{ range(3)[1] }}{{ range(5)[-1] }}{{ range(3) | length }}{{ range(10) | join(',') }}", "{% set rs = namespace(a=0) %}{% for m in messages[::-1] %}{% if loop.index0 == 1 %}{% set rs.a = (messages | length - 1) - loop.index0 %}{% endif %}{% endfor %}{{ rs.a }}",
    "{%- if messages[0].role == 'system' %}{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{%- endif %}{%- for m in messages %}{%- set content = '' if m.content is not string else m.content %}{%- if m.role == 'assistant' and m.tool_calls %}{%- for tc in m.tool_calls %}{%- if tc.function %}{%- set tc = tc.function %}{%- endif %}{{- '<tool_call>\\n{\"name\": \"' }}{{- tc.name }}{{- '\", \"arguments\": ' }}{%- if tc.arguments is string %}{{- tc.arguments }}{%- else %}{{- tc.arguments | tojson }}{%- endif %}{{- '}\\n</tool_call>' }}{%- endfor %}{%- elif m.content is iterable and m.content is not string %}{%- for c in m.content %}{{- c.text if 'text' in c else '<image>' }}{%- endfor %}{%- endif %}{%- endfor %}",
    "{% set image_count = namespace(value=0) %}{% for m in messages %}{% if m['content'] is not string %}{% for c in m['content'] %}{% if c['type'] == 'image' or 'image' in c or 'image_url' in c %}{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|image_pad|>{% elif 'text' in c %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}{% endfor %}",
]

VALUES = ["x", "f", "s", "u", "l", "d", "e", "t", "words", "rows", "messages", "nothing", "none_value", "none", "true", "false", "0", "1", "-2", "3", "2.5", "1e3", "''", "'a'", "'b c'", "'\\n'", "[]", "[1, 'a']", "(1, 2)", "()", "{'a': 1}", "{}", "range(3)", "d.items()", "messages[0]", "messages[0].content", "d.a", "d['zz']", "rows[0].v", "rows[-1].v", "l[1:]", "s[::-1]", "[none, true, 1.0]", "loop.index", "y", "ns.a", "d.keys()", "functions[0]", "[[2, 1], [0]]", "'12'", "' Ab-c '"]
BINARY = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
FILTERS = ["abs", "batch(2)", "batch(2, 'f')", "capitalize", "center(9)", "count", "default('d')", "d('d', true)", "dictsort", "dictsort(by='value')", "first", "float", "indent(2)", "int", "int(3)", "items", "join", "join(', ')", "join('-', attribute='k')", "last", "length", "list", "lower", "map('upper')", "map('length')", "map(attribute='k')", "map(attribute='role')", "map(attribute='v', default='q')", "map('string')", "max", "min", "reject('odd')", "rejectattr('v')", "replace('a', 'b')", "replace('', '-')", "reverse", "round", "round(1)", "select", "select('string')", "select('defined')", "selectattr('k', 'eq', 'x')", "selectattr('role', 'equalto', 'user')", "slice(2)", "sort", "sort(reverse=true)", "sort(attribute='k')", "string", "sum", "sum(start=[])", "title", "tojson", "tojson(indent=2)", "tojson(ensure_ascii=true)", "tojson(separators=(',', ':'))", "trim", "trim('a')", "unique", "unique(attribute='k')", "upper", "attr('a')", "format(1)", "nosuch", "list | tojson", "list | length", "map('first') | list"]
TESTS = ["boolean", "callable", "defined", "divisibleby 2", "divisibleby(0)", "eq 1", "eq none", "even", "false", "float", "ge 1", "gt 'a'", "in [1, 'a']", "in s", "integer", "iterable", "lower", "lt 2", "mapping", "ne ''", "none", "number", "odd", "sequence", "string", "true", "undefined", "upper"]
METHODS = ["strip()", "strip('a ')", "lstrip()", "rstrip('s')", "split()", "split('a')", "split(' ', 1)", "rsplit(' ', 1)", "startswith('H')", "endswith(('s', 'a'))", "upper()", "lower()", "title()", "capitalize()", "replace('l', 'L')", "replace('', '.', 2)", "join(words)", "join(l)", "find('o')", "count('a')", "index('a')", "splitlines()", "partition(' ')", "items()", "keys()", "values()", "get('a')", "get('zz', 0)", "copy()", "append(1)", "isdigit()", "isalpha()", "isspace()", "isupper()", "islower()", "zfill(4)", "center(5)", "removeprefix('H')", "nosuch()", "a", "zz", "role", "0", "format(1)", "rjust(4, '0')", "index(1)"]
SPACES = [" ", "\n", "  \n ", "a", "\n\n", "\t", "x\n  ", "b "]


def expression(rng, size):
    if size <= 1:
        return rng.choice(VALUES)
    kind = rng.random()
    a = lambda: expression(rng, size // 2)
    if kind < 0.22:
        return f"{a()} {rng.choice(BINARY)} {a()}"
    if kind < 0.45:
        return f"{expression(rng, size - 1)} | {rng.choice(FILTERS)}"
    if kind < 0.55:
        return f"{a()} is {rng.choice(['', 'not '])}{rng.choice(TESTS)}"
    if kind < 0.70:
        return f"({expression(rng, size - 1)}).{rng.choice(METHODS)}"
    if kind < 0.76:
        return f"({a()})[{a()}]"
    if kind < 0.82:
        bound = lambda: rng.choice(["", "", "1", "-1", "2", "-3", "x", "none"])
        return f"({a()})[{bound()}:{bound()}{rng.choice(['', ':', ':-1', ':2'])}]"
    if kind < 0.87:
        return f"{a()} if {a()}" + (f" else {a()}" if rng.random() < 0.7 else "")
    if kind < 0.90:
        return f"not {a()}"
    if kind < 0.92:
        return f"-{a()}"
    if kind < 0.95:
        return f"[{a()}, {a()}]"
    if kind < 0.97:
        return "{" + f"{a()}: {a()}" + "}"
    if kind < 0.985:
        return f"m({a()})"
    return f"({a()}, {a()})"


def fragment(rng, size):
    if size <= 1:
        return rng.choice(SPACES)
    begin, end = rng.choice(["{%", "{%", "{%-", "{%+"]), rng.choice(["%}", "%}", "-%}", "+%}"])
    tag = lambda code: f"{begin} {code} {end}"
    inner = lambda: fragment(rng, size // 2)
    kind = rng.random()
    if kind < 0.30:
        return f"{rng.choice(['{{', '{{-'])} {expression(rng, rng.randrange(1, 6))} {rng.choice(['}}', '-}}'])}"
    if kind < 0.42:
        return tag(f"if {expression(rng, 3)}") + inner() + (tag("else") + inner() if rng.random() < 0.5 else "") + tag("endif")
    if kind < 0.58:
        condition = f" if {expression(rng, 2)}" if rng.random() < 0.3 else ""
        jump = tag(f"if {expression(rng, 2)}") + tag(rng.choice(["break", "continue"])) + tag("endif") if rng.random() < 0.3 else ""
        return tag(f"for {rng.choice(['y', 'y', 'y', 'x', 'a, b'])} in {expression(rng, 2)}{condition}") + inner() + jump + "{{ loop.index }}" + inner() + tag("endfor")
    if kind < 0.68:
        return tag(f"set {rng.choice(['x', 'y', 'z', 'ns.a', 'a, b'])} = {expression(rng, 3)}")
    if kind < 0.72:
        return tag(f"set {rng.choice(['x', 'y'])}") + inner() + tag("endset")
    if kind < 0.76:
        return tag(f"macro m(a, b={expression(rng, 1)})") + inner() + "{{ a }}{{ b }}" + tag("endmacro") + "{{ m(" + expression(rng, 1) + ") }}"
    if kind < 0.79:
        return tag("generation") + inner() + tag("endgeneration")
    if kind < 0.81:
        return tag(f"with y = {expression(rng, 2)}") + inner() + tag("endwith")
    if kind < 0.83:
        return tag("filter " + rng.choice(["upper", "trim", "replace('a', 'b')"])) + inner() + tag("endfilter")
    if kind < 0.86:
        return rng.choice(["{#", "{#-", "{#+"]) + " c " + rng.choice(["#}", "-#}", "+#}"])
    return inner() + rng.choice(SPACES) + inner()


def rendered(template):
    try:
        text = _compile_jinja_template(template).render(**copy.deepcopy(VARIABLES))
        text.encode()
        return None if " object at 0x" in text or "<generator" in text else text
    except Exception:
        return None


def main():
    warnings.simplefilter("ignore")
    templates = BY_HAND
    if sys.argv[1:2] == ["--fuzz"]:
        rng = random.Random(int(sys.argv[2]))
        templates = ["{% set ns = namespace(a=1) %}" + fragment(rng, rng.randrange(2, 12)) for _ in range(int(sys.argv[3]))]
    cases = [{"template": t, "expected": rendered(t)} for t in templates]
    print(json.dumps({"variables": VARIABLES, "cases": cases}, ensure_ascii=True, indent=0))


main()
