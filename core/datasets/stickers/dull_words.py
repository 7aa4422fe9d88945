"""Keywords of the dictionaries that are not worth learning, each list for its own reason."""

from __future__ import annotations

ABOUT_SIGNS = """
    alphabet black-square blue-circle blue-square button cap capital chart-symbol circled cjk cool-square diacritic
    emoji emoticon exclamation general glyph glyphs green-square icon ideograph input internationalization item
    japanese kanji katakana keycap latin letter letters localization logo lowercase mark markings meaning misc number
    numbers numeric object octothorpe orange-circle orange-square ornament other outlined pink-square prime
    punctuation purple-square red-circle red-square shape sign squared stuff symbol symbol_input symbols text thing
    typing unified unspecified uppercase word words yellow-diamond
"""
"""They tell of writing and of tables, not of a picture."""

HOW_MUCH_AND_WHERE = """
    above abroad again all amount approximately back behind below beneath between big bottom center closed corner dark
    deeply diagonal direct direction double down down-left down-right downward downwards early east eight eighteen
    eighth eleven empty equal extra facing fast first five forward four front front-facing full half heavy here high
    horizontal horizontally huge hundred inside intercardinal large last late lateral left left-facing left-right
    leftward leftwards light limit lines little long low lower medium medium-small middle mild month monthly more
    multiple narrow nearly new next nine north northeast northwest number o'clock oclock off old older on once
    oncoming one open opening out outer over pair part partly percent place plus previous primary prime quarter quick
    raised range right right-facing right-pointing rightward rightwards round schedule second seven short shut side
    sideways single six six-pointed size slightly slow small solid south southeast southwest start step straight tall
    ten then third thirty three tightly tilted time tiny together top total totally triple twelve twenty two under up
    up-down up-left up-right upper upright upside-down upward upwards vertical vertically way where wide young younger
    zero
"""
"""Numbers, sizes and places: they belong to a name, alone they show nothing."""

DOING = """
    accept act acting action activity add adding again and ask based become been being blow bring carry catch change
    changing come consider continue covering curved curving cut deploy do doing done drop dropped dropping extended
    get getting give go going gone got halt have having held hide hit hold holding improve improving index know known
    lie lift lifting lost made make making move moving need needs not obtain of off out outgoing partying pick place
    placed playing point pointed pointing press pressed probing pull pulled push put raise raising read remove run
    save see seeing send sent set show showing slide stand standing stick stop stretch take taking tell throw throwing
    touched towards try turn type use used user using wearing work working
"""
"""Verbs that a hundred pictures share."""

FEELINGLESS = """
    accessories accessory accommodation accomodation aesthetic affection article authorization available awesome bad
    best bestest better body boy boys check-in comic comical communication concept cool counterclockwise counterpart
    couplekiss culture custom cute date dating day decent denied disability disabled disallow dito easy element
    emotion evening evidence expendable fairy fancy fantasy feature feel feelings feels female fine forbidden fun gait
    gender gender-neutral gentleman geographic geometric gesture girl girls glbt glbtq good great guy hairstyle handy
    home human humans information international intl ladies lady lgbtq lgbtqia like litaf male man man's mans men
    men's mexico michi mind month nature nice nonconforming ornithology ostentatious pace people perfect person
    personal persons photo place practice pretty private profession professional prohibit prohibited prohibition
    public quality record relationship rewindershins sales scale service shade simple special spell stationery style
    super supernature sure tale tears technology thing tone travel twilight type unbounded unique unspecified useful
    var way well wicked wise withershins woman woman's womans women women's worker's world year years yes
"""
"""So general, or so learned, that nobody asks for a picture by them."""

COLOURS = """
    black blue brown gold golden gray green grey indigo lilac orange pink purple red silver teal violet white yellow
"""
"""In a name they tell much; alone they'd call up every picture of that colour."""

MISSPELT = """
    accomodation accordian babooshka barrell chadder falfel indiffernt maze molusc peerson pinada pretent respectiful
    shari synagog vegatable
"""
"""Written wrongly in the dictionaries, or right and yet another thing."""

CHATTER = """
    143 achoo adlib adorbs adult afaik aight aloha amex amirite ang apple-inc ariel asap asl ass assassin aw awe awk
    aww bae bakkureru bangbang banzai bart batman bbcall bet bff bhai bih bit bollywood bong boob boobs bowie breasts
    bro brofist bromance bruh bts btw bummer bump burger-king butt bye che cinco cmon cocaine cock colbert corona
    couplekiss crap cya damn dang deg deja deyem dope drug drugs dua duh dump dunno dwbh eek eeyore ehh elsa end epic
    facebook facepunch fam fart fateh ffs fml fosho fr fren friend ftw fu fwb fyi gag gb geez gg ggs gib glhf gnight
    golly goodbye google gotcha gotta gtg haha hahaha hahahaha haired heh hehe hell hello hey highfive hmm hmmm
    hollywood hookup hooray horny huh hunh idaho idc idek idgaf idk ijbol ikea ikr ily imac imagine img imo indiffernt
    instagram iphone ipod irl its iykyk jabsco jake jeez jel jelly jemima jk jonas jumanji kiddin kidding kills kinky
    kk kkk kms koko kwik lai legolas lemme let's lion-king lit lmao lmfao lmk lol lust major mart mastercard maybe
    mayo-less mcdonald's mcdonalds medio mega meh meth mhm mid milf mmm molester muah mwah nah nato nba nbd nct nda
    nemo never nfl ngl nice nike nm no nom nooo nope npc nsfw nvm nvr oberon obtw ofc oh ohyeah ok okay olaf omg omw
    oof oops oreo orly orz ouch pal paul pga phallic phew pic pile-of-shit pissed playstation pls poop-face ppl psh
    puck rawr realz rip rofl roflcopter roflmao roles rotfl salty sassy say sexual sexy sheesh shh shhh shipit shit
    shitface shrek shush simp slay smallest smdh smh snapchat snapstreak sob soz spock sshh staffmode star-trek
    startrek suck sucker sucks suicide sup sus sven swag tai tbh tbt teal teh terrorism terrorist thanks thot thx
    tiktok ting tldr tmi tmr ttfn ttyl tubular turd twitter tysm ugh ugly uhh uhm umm unbelievable via vibe vibes visa
    vulcan vuoi walt wat weed what whatever which whine who whoa whoops wii winzip wip with without woah won woo
    woohoo wow wtf wth wtv xbox xd xoxo ya yaaas yaas yay yea yeah yep yikes yo yolo you youtube yum yummy yup zag zap
    zig zoomin
"""
"""Slang, sounds, abbreviations, rude words, and names that belong to somebody."""

DULL = frozenset(" ".join((ABOUT_SIGNS, HOW_MUCH_AND_WHERE, DOING, FEELINGLESS, COLOURS, MISSPELT, CHATTER)).split())
