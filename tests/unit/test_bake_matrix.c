#include "baked.h"

/* Expectations are what buildx 0.29 and the Depot CLI print; of two axes the order in a group is ours. */
static const struct baked_row matrices[] = {
    {"texts",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1', 'b'] }\n  tags = [x, 'r:${x}']\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-b']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':"
     "'Dockerfile','tags':['1','r:1']},'a-b':{'context':'.','dockerfile':'Dockerfile','tags':['b','r:b']}}}",
     NULL},
    {"numbers and booleans",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, true] }\n  args = { A = x, B = 'v${x}' }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-true']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','"
     "dockerfile':'Dockerfile','args':{'A':'1','B':'v1'}},'a-true':{'context':'.','dockerfile':'Dockerfile','args':{'A'"
     ":'true','B':'vtrue'}}}}",
     NULL},
    {"a fraction as it is written out",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${i}'\n  matrix = { x = [1.50], i = ['y'] }\n  args = { A = x }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-y']},'default':{'targets':['a']}},'target':{'a-y':{'context':'.','dockerfile':'"
     "Dockerfile','args':{'A':'1.5'}}}}",
     NULL},
    {"a switch",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [true, false] }\n  no-cache = x\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-true','a-false']},'default':{'targets':['a']}},'target':{'a-false':{'context':'.','"
     "dockerfile':'Dockerfile','no-cache':false},'a-true':{'context':'.','dockerfile':'Dockerfile','no-cache':true}}}",
     NULL},
    {"two axes",
     {{"docker-bake.hcl", "target 'a' {\n  name = '${x}-${y}'\n  matrix = { x = ['a', 'b'], y = [1, 2] }\n  args = { X "
                          "= x, Y = y }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','b-1','a-2','b-2']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','"
     "dockerfile':'Dockerfile','args':{'X':'a','Y':'1'}},'a-2':{'context':'.','dockerfile':'Dockerfile','args':{'X':'a'"
     ",'Y':'2'}},'b-1':{'context':'.','dockerfile':'Dockerfile','args':{'X':'b','Y':'1'}},'b-2':{'context':'.','"
     "dockerfile':'Dockerfile','args':{'X':'b','Y':'2'}}}}",
     NULL},
    {"a name that is the axis",
     {{"docker-bake.hcl", "target 'a' {\n  name = x\n  matrix = { x = ['p', 2] }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['p','2']},'default':{'targets':['a']}},'target':{'2':{'context':'.','dockerfile':'"
     "Dockerfile'},'p':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"objects",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${i.n}'\n  matrix = { i = [{ n = 'p', v = 1 }, { n = 'q', v = "
                          "'2', w = 'z' }] }\n  args = { V = i.v, N = i['n'], T = '${i[\"n\"]}' }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-p','a-q']},'default':{'targets':['a']}},'target':{'a-p':{'context':'.','dockerfile':"
     "'Dockerfile','args':{'N':'p','T':'p','V':'1'}},'a-q':{'context':'.','dockerfile':'Dockerfile','args':{'N':'q','T'"
     ":'q','V':'2'}}}}",
     NULL},
    {"lists and objects in objects",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${i.n}'\n  matrix = { i = [{ n = 'p', l = ['linux/amd64', "
                          "'linux/arm64'], o = { K = 'v' }, z = null }] }\n  platforms = i.l\n  args = i.o\n  target = "
                          "i.o.K\n  context = i.z\n  dockerfile = i.l[1]\n  tags = [i.o['K'], i.l.0]\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-p']},'default':{'targets':['a']}},'target':{'a-p':{'context':'.','dockerfile':'"
     "linux/arm64','args':{'K':'v'},'tags':['v','linux/amd64'],'target':'v','platforms':['linux/amd64','linux/"
     "arm64']}}}",
     NULL},
    {"null in a context",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1'], c = [null] }\n  context = c\n  "
                          "args = { C = c }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':'"
     "Dockerfile'}}}",
     NULL},
    {"an object of values",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = { q = '2', b = '1' } }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-2']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':"
     "'Dockerfile'},'a-2':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a variable of a list",
     {{"docker-bake.hcl",
       "variable 'L' { default = ['p', 'q'] }\ntarget 'a' {\n  name = 'a-${x}'\n  matrix = { x = L }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-p','a-q']},'default':{'targets':['a']}},'target':{'a-p':{'context':'.','dockerfile':"
     "'Dockerfile'},'a-q':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"an attribute of a list",
     {{"docker-bake.hcl", "L = ['p', 'q']\ntarget 'a' {\n  name = 'a-${x}'\n  matrix = { x = L }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-p','a-q']},'default':{'targets':['a']}},'target':{'a-p':{'context':'.','dockerfile':"
     "'Dockerfile'},'a-q':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a variable of an object",
     {{"docker-bake.hcl", "variable 'O' { default = { n = 'p', v = 'w' } }\ntarget 'a' {\n  name = 'a-${i.n}'\n  "
                          "matrix = { i = [O] }\n  args = { V = i.v }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-p']},'default':{'targets':['a']}},'target':{'a-p':{'context':'.','dockerfile':'"
     "Dockerfile','args':{'V':'w'}}}}",
     NULL},
    {"an axis hides a variable",
     {{"docker-bake.hcl", "variable 'x' { default = 'outer' }\nvariable 'y' { default = 'why' }\ntarget 'a' {\n  name "
                          "= 'a-${x}'\n  matrix = { x = ['1'] }\n  args = { A = x, B = y }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':'"
     "Dockerfile','args':{'A':'1','B':'why'}}}}",
     NULL},
    {"a value that is a variable",
     {{"docker-bake.hcl", "variable 'V' { default = 'w' }\ntarget 'a' {\n  name = 'a-${i.n}'\n  matrix = { i = [{ n = "
                          "'p', v = V }] }\n  args = { A = i.v, B = 'x${i.v}' }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-p']},'default':{'targets':['a']}},'target':{'a-p':{'context':'.','dockerfile':'"
     "Dockerfile','args':{'A':'w','B':'xw'}}}}",
     NULL},
    {"a value named like another axis",
     {{"docker-bake.hcl", "x = 'outer'\ntarget 'a' {\n  name = 'a-${y}'\n  matrix = { x = ['1'], y = ['2'] , z = "
                          "[x]}\n  args = { Z = z }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-2']},'default':{'targets':['a']}},'target':{'a-2':{'context':'.','dockerfile':'"
     "Dockerfile','args':{'Z':'outer'}}}}",
     NULL},
    {"one variant without a name",
     {{"docker-bake.hcl", "target 'a' {\n  matrix = { x = ['1'] }\n  args = { X = x }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'X':'1'}}}"
     "}",
     NULL},
    {"one variant of the same name",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a'\n  matrix = { x = ['1'] }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"one variant of another name",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'b'\n  matrix = { x = ['1'] }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['b']},'default':{'targets':['a']}},'target':{'b':{'context':'.','dockerfile':'"
     "Dockerfile'}}}",
     NULL},
    {"no axes",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'b'\n  matrix = {}\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['b']},'default':{'targets':['a']}},'target':{'b':{'context':'.','dockerfile':'"
     "Dockerfile'}}}",
     NULL},
    {"an axis of nothing",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [] }\n}\ntarget 'b' {}\n"}},
     "b",
     "{'group':{'default':{'targets':['b']}},'target':{'b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a variant by its name",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\n"}},
     "a-2",
     "{'group':{'default':{'targets':['a-2']}},'target':{'a-2':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a variant as a context",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n  args = { X = x }\n}\ntarget "
                          "'b' {\n  contexts = { c = 'target:a-1' }\n}\n"}},
     "b",
     "{'group':{'default':{'targets':['b']}},'target':{'a-1':{'context':'.','dockerfile':'Dockerfile','args':{'X':'1'},"
     "'output':[{'type':'cacheonly'}]},'b':{'context':'.','contexts':{'c':'target:a-1'},'dockerfile':'Dockerfile'}}}",
     NULL},
    {"a variant to inherit from",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n  args = { X = x }\n}\ntarget "
                          "'b' {\n  inherits = ['a-2']\n}\n"}},
     "b",
     "{'group':{'default':{'targets':['b']}},'target':{'b':{'context':'.','dockerfile':'Dockerfile','args':{'X':'2'}}}"
     "}",
     NULL},
    {"variants in a group",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2, 3] }\n}\ngroup 'g' {\n  targets = "
                          "['a-1', 'a-3']\n}\n"}},
     "g",
     "{'group':{'default':{'targets':['g']},'g':{'targets':['a-1','a-3']}},'target':{'a-1':{'context':'.','dockerfile':"
     "'Dockerfile'},'a-3':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"the group of variants in a group",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\ngroup 'default' {\n  targets "
                          "= ['a', 'b']\n}\ntarget 'b' {}\n"}},
     "",
     "{'group':{'a':{'targets':['a-1','a-2']},'default':{'targets':['a','b']}},'target':{'a-1':{'context':'.','"
     "dockerfile':'Dockerfile'},'a-2':{'context':'.','dockerfile':'Dockerfile'},'b':{'context':'.','dockerfile':'"
     "Dockerfile'}}}",
     NULL},
    {"a matrix of a matrix",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1', '2'] }\n  inherits = ['p-${x}']\n  "
                          "contexts = { b = 'target:p-${x}' }\n}\ntarget 'p' {\n  name = 'p-${y}'\n  matrix = { y = "
                          "['1', '2'] }\n  args = { Y = y }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-2']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','contexts':{'"
     "b':'target:p-1'},'dockerfile':'Dockerfile','args':{'Y':'1'}},'a-2':{'context':'.','contexts':{'b':'target:p-2'},'"
     "dockerfile':'Dockerfile','args':{'Y':'2'}},'p-1':{'context':'.','dockerfile':'Dockerfile','args':{'Y':'1'},'"
     "output':[{'type':'cacheonly'}]},'p-2':{'context':'.','dockerfile':'Dockerfile','args':{'Y':'2'},'output':[{'type'"
     ":'cacheonly'}]}}}",
     NULL},
    {"the block of a variant, later",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n  args = { X = x }\n}\ntarget "
                          "'a-1' {\n  args = { X = 'later', Y = 'y' }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-2']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':"
     "'Dockerfile','args':{'X':'later','Y':'y'}},'a-2':{'context':'.','dockerfile':'Dockerfile','args':{'X':'2'}}}}",
     NULL},
    {"the block of a variant, before",
     {{"docker-bake.hcl", "target 'a-1' {\n  args = { X = 'before', Y = 'y' }\n}\ntarget 'a' {\n  name = 'a-${x}'\n  "
                          "matrix = { x = [1, 2] }\n  args = { X = x }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-2']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':"
     "'Dockerfile','args':{'X':'1','Y':'y'}},'a-2':{'context':'.','dockerfile':'Dockerfile','args':{'X':'2'}}}}",
     NULL},
    {"two matrices of one name",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\ntarget 'a' {\n  name = "
                          "'a-${x}'\n  matrix = { x = [2, 3] }\n  args = { Q = x }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-2','a-3']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','"
     "dockerfile':'Dockerfile'},'a-2':{'context':'.','dockerfile':'Dockerfile','args':{'Q':'2'}},'a-3':{'context':'.','"
     "dockerfile':'Dockerfile','args':{'Q':'3'}}}}",
     NULL},
    {"a matrix and a target of one name",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\ntarget 'a' {\n  args = { A = 'x' }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-2','a']},'default':{'targets':['a']}},'target':{'a':{'context':'.','"
     "dockerfile':'Dockerfile','args':{'A':'x'}},'a-1':{'context':'.','dockerfile':'Dockerfile'},'a-2':{'context':'.','"
     "dockerfile':'Dockerfile'}}}",
     NULL},
    {"a group that has the name already",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\ngroup 'a' {\n  targets = "
                          "['b']\n}\ntarget 'b' {}\n"}},
     "a",
     "{'group':{'a':{'targets':['b']},'default':{'targets':['a']}},'target':{'b':{'context':'.','dockerfile':'"
     "Dockerfile'}}}",
     NULL},
    {"entries",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${i.n}'\n  matrix = { i = [{ n = 'p', c = { type = 'registry', "
                          "ref = 'r' } }] }\n  cache-from = ['type=registry,ref=${i.n}', i.c]\n  output = "
                          "['type=${\"image\"}']\n  secret = [{ id = i.n, env = 'E${i.n}' }]\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-p']},'default':{'targets':['a']}},'target':{'a-p':{'context':'.','dockerfile':'"
     "Dockerfile','cache-from':[{'ref':'p','type':'registry'},{'ref':'r','type':'registry'}],'secret':[{'id':'p','env':"
     "'Ep'}],'output':[{'type':'image'}]}}}",
     NULL},
    {"in a heredoc",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1'] }\n  dockerfile-inline = <<EOT\nFROM ${x}\nEOT\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':'"
     "Dockerfile','dockerfile-inline':'FROM 1\\n'}}}",
     NULL},
    {"JSON",
     {{"docker-bake.json", "{'target':{'a':{'name':'a-${x}-${i.n}','matrix':{'x':['p',2],'i':[{'n':'q'}]},'args':{'A':'"
                           "${x}','B':'${i.n}','K${x}':'k'}}}}"}},
     "a",
     "{'group':{'a':{'targets':['a-p-q','a-2-q']},'default':{'targets':['a']}},'target':{'a-2-q':{'context':'.','"
     "dockerfile':'Dockerfile','args':{'A':'2','B':'q','K2':'k'}},'a-p-q':{'context':'.','dockerfile':'Dockerfile','"
     "args':{'A':'p','B':'q','Kp':'k'}}}}",
     NULL},
    {"replace and sanitize in a name",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${replace(x, \".\", \"-\")}-${sanitize(x)}'\n  matrix = { x = ['1.2', 'bc'] }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1-2-1_2','a-bc-bc']},'default':{'targets':['a']}},'target':{'a-1-2-1_2':{'context':'"
     ".','dockerfile':'Dockerfile'},'a-bc-bc':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"functions of texts",
     {{"docker-bake.hcl", "target 'a' {\n  args = { A = lower('Ab1'), B = upper(true), C = replace('a/b', '/[ab]/', "
                          "'x'), D = replace(1.5, '.', ''), E = sanitize('\\u00e9_-.9 ~'), F = "
                          "'x${upper(lower(\"Ab\"))}', G = sanitize(''), H = replace('aaa', 'aa', 'b') }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'ab1','"
     "B':'TRUE','C':'a/b','D':'15','E':'__-_9__','F':'xAB','G':'','H':'ba'}}}}",
     NULL},
    {"a function that a block defines again",
     {{"docker-bake.hcl",
       "function 'upper' {\n  params = [x]\n  result = 'mine'\n}\ntarget 'a' {\n  args = { A = upper('a') }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'A'}}}"
     "}",
     NULL},
};

/* Both refuse them. */
static const struct baked_row refused[] = {
    {"no name", {{"docker-bake.hcl", "target 'a' {\n  matrix = { x = [1, 2] }\n}\n"}}, "a", NULL, "bake-invalid@1:8"},
    {"one name for all",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'b'\n  matrix = { x = [1, 2] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:3"},
    {"a value twice",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1', 1] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:3"},
    {"an axis that is a text",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = 's' }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@3:18"},
    {"an axis that is null",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = null }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@3:18"},
    {"a matrix that is a list",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = ['1']\n}\n"}},
     "a",
     NULL,
     "bake-invalid@3:12"},
    {"a matrix that is null",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = null\n}\n"}},
     "a",
     NULL,
     "bake-invalid@3:12"},
    {"a name that is no name",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a.${x}'\n  matrix = { x = [1] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:3"},
    {"an empty name",
     {{"docker-bake.hcl", "target 'a' {\n  name = ''\n  matrix = { x = [1] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:3"},
    {"an object for a name",
     {{"docker-bake.hcl", "target 'a' {\n  name = x\n  matrix = { x = [{ y = 1 }] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:10"},
    {"a list in a name",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [[1]] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:15"},
    {"null in a name",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [null] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:15"},
    {"a key that is not there",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x.q}'\n  matrix = { x = [{ p = 1 }] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:17"},
    {"a key of a text",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1'] }\n  args = { A = x.y }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@4:18"},
    {"a key of null",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a'\n  matrix = { x = [null] }\n  args = { A = x.y }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@4:18"},
    {"an item that is not there",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a'\n  matrix = { x = [['p']] }\n  args = { A = x[1] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@4:18"},
    {"a name of no axis",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${y}'\n  matrix = { x = [1] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:15"},
    {"an attribute of no axis",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1] }\n  args = { A = y }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@4:16"},
    {"no axes and a name of one",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = {}\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:15"},
    {"a list for a text",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1], l = [['p']] }\n  context = l\n}\n"}},
     "a",
     NULL,
     "bake-invalid@4:13"},
    {"a text for a list",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1'] }\n  tags = x\n}\n"}},
     "a",
     NULL,
     "bake-invalid@4:10"},
    {"null in a text",
     {{"docker-bake.hcl", "target 'a' {\n  args = { A = 'x${null}' }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:20"},
    {"an axis of nothing has no target",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [] }\n}\n"}},
     "a",
     NULL,
     "bake-invalid@0:0"},
    {"a context that is the group",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\ntarget 'b' {\n  contexts = { "
                          "c = 'target:a' }\n}\n"}},
     "b",
     NULL,
     "bake-invalid@6:20"},
    {"a parent that is the group",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\ntarget 'b' {\n  inherits = ['a']\n}\n"}},
     "b",
     NULL,
     "bake-invalid@6:15"},
    {"a variant that is not there",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [1, 2] }\n}\ngroup 'g' {\n  targets = ['a-1', 'a-3']\n}\n"}},
     "g",
     NULL,
     "bake-invalid@6:21"},
};

/* Both evaluate what is open here. */
static const struct baked_row open_rows[] = {
    {"an axis of a function",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = split(',', '1,2') }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{}}}",
     "a: 'matrix' needs evaluation (a function call)\n"},
    {"a name of a function",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${trimspace(x)}'\n  matrix = { x = ['1'] }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{}}}",
     "a: 'name' needs evaluation (a function call)\n"},
    {"a name of a variable",
     {{"docker-bake.hcl",
       "variable 'V' { default = 'v' }\ntarget 'a' {\n  name = '${V}-${x}'\n  matrix = { x = ['1'] }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{}}}",
     "a: 'name' needs evaluation (a variable)\n"},
    {"an axis of a variable",
     {{"docker-bake.hcl",
       "variable 'V' { default = 'v' }\ntarget 'a' {\n  name = 'a-${x}'\n  matrix = { x = [V] }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{}}}",
     "a: 'name' needs evaluation (a variable)\n"},
    {"a list that may be given",
     {{"docker-bake.hcl", "variable 'L' {\n  type = list(string)\n  default = ['p']\n}\ntarget 'a' {\n  name = "
                          "'a-${x}'\n  matrix = { x = L }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{}}}",
     "a: 'matrix' needs evaluation (a variable with a type)\n"},
    {"only an attribute",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1', '2'] }\n  context = x == '1' ? 'p' "
                          ": 'q'\n  args = { A = trimspace(x), B = x }\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1','a-2']},'default':{'targets':['a']}},'target':{'a-1':{'dockerfile':'Dockerfile','"
     "args':{'B':'1'}},'a-2':{'dockerfile':'Dockerfile','args':{'B':'2'}}}}",
     "a-1: 'context' needs evaluation (a condition)\na-1: 'args.A' needs evaluation (a function call)\na-2: 'context' "
     "needs evaluation (a condition)\na-2: 'args.A' needs evaluation (a function call)\n"},
    {"only a key",
     {{"docker-bake.hcl",
       "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = ['1'] }\n  labels = { '${x}' = 'y' }\n  tags = ['t']\n}\n"}},
     "a",
     "{'group':{'a':{'targets':['a-1']},'default':{'targets':['a']}},'target':{'a-1':{'context':'.','dockerfile':'"
     "Dockerfile','tags':['t']}}}",
     "a-1: 'labels' needs evaluation (a name that is not literal)\n"},
    {"a variant of what is open, as a context",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = split(',', '1,2') }\n}\ntarget 'b' {\n  "
                          "contexts = { c = 'target:a-1', d = 'dir' }\n}\n"}},
     "b",
     "{'group':{'default':{'targets':['b']}},'target':{'b':{'context':'.','contexts':{'d':'dir'},'dockerfile':'"
     "Dockerfile'}}}",
     "b: 'contexts.c' needs evaluation (it may be a variant of a matrix)\n"},
    {"a variant of what is open, to inherit from",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = split(',', '1,2') }\n}\ntarget 'b' {\n  "
                          "inherits = ['a-1']\n  tags = ['t']\n}\n"}},
     "b",
     "{'group':{'default':{'targets':['b']}},'target':{'b':{'context':'.','dockerfile':'Dockerfile','tags':['t']}}}",
     "b: 'inherits' needs evaluation (it may be a variant of a matrix)\n"},
    {"a variant of what is open, in a group",
     {{"docker-bake.hcl", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = split(',', '1,2') }\n}\ngroup 'g' {\n  "
                          "targets = ['a-1', 'b']\n}\ntarget 'b' {}\n"}},
     "g",
     "{'group':{'default':{'targets':['g']},'g':{'targets':['a-1','b']}},'target':{'a':{},'b':{'context':'.','"
     "dockerfile':'Dockerfile'}}}",
     "a: 'matrix' needs evaluation (a function call)\n"},
    {"a function of a letter that is not ASCII",
     {{"docker-bake.hcl", "target 'a' {\n  args = { A = lower('\\u00c9'), B = replace('ab', '', '-') }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     "a: 'args.A' needs evaluation (a function call)\na: 'args.B' needs evaluation (a function call)\n"},
};

#define RUN(rows)                                                                                                      \
    for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++)                                                      \
    baked_check(&(rows)[i])

int main(void) {
    RUN(matrices);
    RUN(refused);
    RUN(open_rows);
    return check_done("bake_matrix");
}
