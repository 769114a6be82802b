-- What Pandoc has no word for, in Typst's words (book.typ) or an e-reader's.
-- `pandoc lua paper.lua PAGE ...` reads each PAGE.html, which page.py makes, and
-- writes PAGE.typ, for Typst, with a first line of JSON for the EPUB.

local function quoted(text) return '"' .. text:gsub('[\\"]', '\\%0'):gsub('%s+', ' ') .. '"' end
local function label(id) return 'label(' .. quoted(id) .. ')' end
local function anchor(id) return id ~= '' and '#metadata(none)<' .. id .. '>' or '' end
local page  -- that is being read: its name, title, number, notes and solutions

-- a call of Typst's: a function with its arguments, then content in brackets
local function called(raw, sign)
  return function(name, content, ...)
    return (pandoc.List{raw('typst', '#' .. name .. '(' .. table.concat({...}, ', ') .. ')[')} .. content) .. {raw('typst', sign)}
  end
end
local block, inline = called(pandoc.RawBlock, ']'), called(pandoc.RawInline, '];')
local function bit(text) return pandoc.RawInline('typst', text) end

-- formulas that Pandoc would set otherwise, mended in TeX and in what it makes
local function maths(kind, tex)
  tex = tex:gsub('\\begin{cases}.-\\end{cases}', function(cases) return (cases:gsub('([^\\])&', '%1&\\quad ')) end)
  return pandoc.Math(kind, (tex:gsub('\\[Bb]igg?l', '\\left'):gsub('\\[Bb]igg?r', '\\right')))
end
local function typst(content)
  return (pandoc.write(pandoc.Pandoc(content), 'typst'):gsub('dot%.circle', 'dot.o'):gsub("\\%]'%)", '\\] prime)'))
end

-- lines of code in their colours, by Pandoc as in an e-reader, for Typst itself takes long
local given = pandoc.WriterOptions{highlight_method = {['text-color'] = pandoc.json.null, ['text-styles'] = {}}}
local hues = {Comment = 'quiet', Documentation = 'quiet', Keyword = 'blue', ControlFlow = 'blue', Import = 'blue', DecVal = 'rust',
  Float = 'rust', Attribute = 'rust', Constant = 'rust', String = 'moss', SpecialString = 'moss', Char = 'moss', SpecialChar = 'moss'}
local function coloured(code)
  if code.classes[1] ~= 'python' then return '()' end
  local function hue(token) return '#text(fill: ' .. (hues[token] or 'ink') .. ', ' end
  return pandoc.write(pandoc.Pandoc{code}, 'typst', given):gsub('#(%a+)Tok%(', hue):match('^#Skylighting%((.*)%);')
end

-- whether a part ends in a colon, or in the middle of a sentence, or a list belongs to a table, or a title has but one line
local function is_leading(part, after, before)
  local function word(element, place) return element.t:match('^P') and element.content[place].text or '' end
  local length = #pandoc.utils.stringify(part)
  if part.t == 'Para' and before and before.t == 'Header' and length < 90 then return true end
  return length < 450 and (part.t:match('List$') and after.t == 'Table'
    or part.t == 'Para' and (word(part, #part.content):match(':$') or word(after, 1):match('^#equation')))
end

-- The filter that makes Typst's markup of a page, and gathers its solutions.
local function for_typst()
  local seen = {}
  local function kept(div) return div end
  local divisions = {
    title = kept, caption = kept,
    equation = function(div) return div.content end,  -- whose place the formula knows
    questions = function(div)
      local function whole(blocks) return block('whole', blocks) end
      local list = div.content[1]
      if list.t ~= 'OrderedList' then return whole(div.content) end
      list.content = list.content:map(whole)
      return div.content
    end,
    opening = function(div) return block('opening', div.content) end,
    aim = function(div) return block('aim', div.content) end,
    box = function(div)
      local title = div.content:remove(1)
      return block('boxed', (title.content .. {pandoc.RawBlock('typst', '][')}) .. div.content, quoted(div.classes[2]))
    end,
    figure = function(div)
      local caption = div.content:remove()
      return block('drawing', (div.content .. {pandoc.RawBlock('typst', '][' .. anchor(div.identifier))}) .. caption.content)
    end,
    solutions = function(div)
      local there = page.name .. '--solutions-' .. #page.solved
      div.content[1] = pandoc.RawBlock('typst', '][')
      page.solved:extend(block('from-back', {pandoc.Plain(page.title)} .. div.content, label(there .. '-here'), label(there)))
      return block('to-back', {pandoc.RawBlock('typst', anchor(there .. '-here'))}, label(there))
    end,
  }
  local spans = {
    maths = function(span, given) return inline('formula', {maths('InlineMath', given.tex)}, quoted(given.tex)) end,
    display = function(span, given)
      return inline('equation', {bit(anchor(span.identifier)), maths('DisplayMath', given.tex)}, quoted(given.tex), quoted(given.number))
    end,
    dfn = function(span, given) return inline('defined', span.content, quoted(given.term or '')) end,
    ['chapter-number'] = function(span) return inline('chapter-number', span.content) end,
  }
  local kinds = {term = 'term', turn = 'turn'}
  return {
    Span = function(span)
      local made = spans[span.classes[1]]
      return made and made(span, span.attributes) or {bit(anchor(span.identifier))} .. span.content
    end,
    Link = function(link)
      local to = link.target:match('^#(.*)')
      if link.classes[1] == 'footnote-ref' then
        if seen[to] then return bit('#footnote(' .. label(to) .. ');') end
        seen[to] = true
        local made = inline('footnote', pandoc.utils.blocks_to_inlines(page.notes[to]))
        made[#made] = bit(']<' .. to .. '>')
        return made
      end
      return to and inline(kinds[link.classes[1]] or 'link', link.content, label(to)) or pandoc.Link(link.content, link.target)
    end,
    Image = function(image) return bit('#picture(' .. quoted(image.src) .. ', ' .. quoted(pandoc.utils.stringify(image.caption)) .. ');') end,
    -- a page of a chapter, such as 3.1, is a section of it, but 0.1 is of none
    Header = function(header)
      local deeper = page.number:match('^[1-9]%d*%.') and 1 or 0
      return pandoc.Header(header.level + deeper, header.content, header.attr)
    end,
    Div = function(div)
      local made = divisions[div.classes[1]]
      if made then return made(div) end
      return div.identifier == '' and div.content or {pandoc.RawBlock('typst', anchor(div.identifier))} .. div.content
    end,
    DefinitionList = function(list)  -- the glossary, with what the index has of it
      local made = pandoc.List{bit('#terms(')}
      for _, item in ipairs(list.content) do
        local id, said = item[1][1].text and item[1][1].text:match('<(.-)>'), item[2][1]
        made:extend({bit('terms.item([')} .. item[1])
        if id then
          local words = pandoc.utils.stringify(item[1]):gsub(' %(.*', '')
          local see = typst(said):match('#turn%((.-)%)%[') or 'none'
          made:insert(bit('#entry(' .. table.concat({quoted(id), quoted(words), see}, ', ') .. ');'))
        end
        made:extend({bit('], [')} .. pandoc.utils.blocks_to_inlines(said, {pandoc.LineBreak()}) .. {bit(']), ')})
      end
      return pandoc.Plain(made .. {bit(')')})
    end,
    Blocks = function(list)
      local made = pandoc.List{}
      for place, part in ipairs(list) do
        local after = list[place + 1]
        if part.t == 'CodeBlock' then
          local leads = after ~= nil and (after.t == 'Table' or after.t == 'CodeBlock' and after.classes[1] == 'output')
          local text = part.text:gsub('""".-"""', function(told) return (told:gsub('\n\n', '\n \n')) end)  -- it is not parted there
          local given = table.concat({quoted(part.classes[1] or ''), tostring(leads), pandoc.json.encode(text), coloured(part)}, ', ')
          made:insert(pandoc.RawBlock('typst', '#listing(' .. given .. ')'))
        elseif part.t == 'Table' then
          made:extend(block('tabular', {part}, #part.bodies[1].body))
        elseif after and is_leading(part, after, list[place - 1]) then
          made:extend(block('leading', {part.t == 'Para' and pandoc.Plain(part.content) or part}))
        else
          made:insert(part)
        end
      end
      return made
    end,
  }
end

-- The filter for e-readers, whose MathML is put in later: Pandoc need not read it.
local function for_readers()
  local seen, count = {}, 0
  return {
    Span = function(span)
      local given = span.attributes
      local made = given.mathml and pandoc.RawInline('html', given.mathml)
      return given.number and {made, pandoc.Span(given.number, {class = 'number'})} or made
    end,
    Link = function(link)
      local to = link.target:sub(2)
      if link.classes[1] ~= 'footnote-ref' then return pandoc.Link(link.content, link.target, '', {class = link.classes[1]}) end
      if seen[to] then return pandoc.RawInline('html', seen[to]) end
      count = count + 1
      seen[to] = ('<a href="#fn%d" class="footnote-ref" epub:type="noteref" role="doc-noteref">%d</a>'):format(count, count)
      return pandoc.Note(page.notes[to])
    end,
    CodeBlock = function(code)  -- Pandoc would look through all languages for this one
      return code.classes[1] == 'output' and pandoc.Div(pandoc.CodeBlock(code.text), {class = 'output'}) or nil
    end,
    Div = function(div)
      if div.classes[1] == 'figure' then
        local caption = div.content:remove()
        return pandoc.Div({pandoc.Figure(div.content, {long = caption.content})}, {id = div.identifier})  -- of a figure, links do not see it
      elseif div.classes[1] == 'solutions' then
        div.content[1] = pandoc.Header(2, 'Solutions', {id = page.name .. '--solutions'})
      end
      return div
    end,
  }
end

-- A chapter's XHTML, and its frame, around which Pandoc makes the EPUB: titles
-- and pictures, and a formula and code where it has any
local function packed(blocks)
  local parts = pandoc.zip.Archive(pandoc.write(pandoc.Pandoc(blocks), 'epub3')).entries
  local xhtml = pandoc.List(parts):find_if(function(part) return part.path:match('/ch001') end):contents()
  local frame = pandoc.Blocks{}
  local function keep(part) frame:insert(part.t == 'Image' and pandoc.Plain{part} or part) end
  blocks:walk{traverse = 'topdown', Header = keep, Image = keep}
  if xhtml:match('<math') then keep(pandoc.RawBlock('html', '<math></math>')) end
  if xhtml:match('sourceCode') then keep(pandoc.CodeBlock('0', {class = 'python'})) end
  return '{"frame": ' .. pandoc.write(pandoc.Pandoc(frame), 'json') .. ', "xhtml": ' .. pandoc.json.encode(xhtml) .. '}'
end

for _, name in ipairs(arg) do
  local file <close> = assert(io.open(name .. '.html'))
  local function prefixed(element)  -- ids are of a page, but here of a book
    if element.identifier ~= '' then element.identifier = name .. '--' .. element.identifier end
    return element
  end
  local prefix = {Header = prefixed, Div = prefixed, Span = prefixed, Image = prefixed}
  local text = pandoc.read(file:read('a'), 'html').blocks:walk(prefix)
  page = {name = name, title = text[1].content, number = pandoc.utils.stringify(text[1]), solved = pandoc.Blocks{}}
  local notes = text[#text].classes and text[#text].classes[1] == 'footnote' and text:remove().content or {}
  local function set(filter)
    page.notes = {}
    for _, note in ipairs(notes) do
      if note.t == 'Div' then page.notes[note.identifier] = pandoc.Blocks(note.content):walk(filter) end
    end
    return text:walk(filter)
  end
  local filter = for_typst()
  local body = typst(set(filter))
  local solved = typst(page.solved:walk{Blocks = filter.Blocks})
  local made <close> = assert(io.open(name .. '.typ', 'w'))
  assert(made:write('//', packed(set(for_readers())), '\n#import "book.typ": *\n#let solved = [', solved, ']\n', body))
end
