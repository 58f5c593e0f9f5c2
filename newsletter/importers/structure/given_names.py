"""Frequent given names, to tell a line that is a person's name from a title of the same form."""

from __future__ import annotations

# Frequent in the countries of each language; collected by hand, and never complete. Names that are
# also common words of a headline are left out (Grace, May, Mark).
GIVEN_NAMES = frozenset(
    # English
    "james john robert michael david william richard joseph thomas charles christopher daniel matthew anthony "
    "donald steven andrew paul joshua kenneth kevin brian timothy ronald george jason edward jeffrey ryan jacob "
    "nicholas gary eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander patrick "
    "dennis jerry tyler aaron jose adam nathan henry zachary douglas peter kyle noah ethan jeremy keith roger "
    "sean liam owen lucas oliver harry alfie oscar leo simon martin neil ian graham colin stuart alan "
    "jo joe jim tom tim ben sam dan nick alex max mary patricia jennifer linda elizabeth barbara susan jessica "
    "karen sarah lisa nancy sandra ashley emily kimberly margaret donna michelle carol amanda melissa deborah "
    "stephanie rebecca laura helen sharon cynthia kathleen amy angela anna brenda pamela emma nicole samantha "
    "katherine christine debra rachel carolyn janet maria diane olivia julie kelly "
    "lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline martha madison teresa sara "
    "janice ann anne kathryn abigail sophia frances jean alice judy isabella julia denise jane chloe zoe "
    "lucy ella mia ava isla freya eleanor claire kate fiona louise nicola gillian siobhan aoife niamh ciara "
    "eoin conor declan aidan rhys gareth dylan sian carys hamish callum ewan mairi jasmine priya anjali rahul "
    "arjun amit sanjay deepa neha raj ravi anil sunita kavita vikram aisha fatima ali omar hassan mohammed "
    "muhammad ahmed ahmad mohamed ibrahim yusuf khadija zainab maryam amina nadia layla leila samir karim rania "
    # German and Dutch
    "hans peter klaus wolfgang jürgen dieter manfred uwe günter horst bernd karl heinz werner rainer gerhard "
    "helmut walter stefan andreas thomas markus matthias sebastian florian tobias felix lukas jonas moritz "
    "jan tim niklas philipp fabian sven jens lars ralf holger ingo ulrich christoph johannes ursula monika petra "
    "sabine renate helga brigitte ingrid karin gisela andrea claudia susanne birgit heike gabriele katrin anja "
    "silke tanja nicole katharina julia lena hanna leonie lea laura sophie marie johanna franziska mareike annika "
    "antje imke wiebke greta frieda jutta heidi elke kerstin johan pieter willem hendrik cornelis jeroen "
    "sander daan bram thijs ruben joost maarten koen wouter marieke anouk sanne femke lotte fleur maaike esther "
    "saskia wilma annemarie "
    # French
    "jean pierre michel andré philippe rené louis alain jacques bernard marcel daniel roger robert claude henri "
    "christian georges nicolas françois laurent pascal thierry olivier stéphane frédéric sébastien julien guillaume "
    "mathieu antoine alexandre vincent arnaud benoît étienne hugo théo lucie camille manon chloé léa inès jeanne "
    "marie nathalie isabelle sylvie catherine françoise monique valérie véronique sandrine céline aurélie émilie "
    "élodie virginie amélie hélène delphine sophie claire juliette margaux agnès élise mathilde geneviève "
    # Spanish, Catalan and Portuguese
    "antonio josé manuel francisco juan javier miguel carlos jesús alejandro rafael pedro pablo luis sergio "
    "fernando jorge alberto álvaro diego adrián raúl enrique ramón vicente andrés joaquín santiago rubén iván "
    "ignacio gonzalo marcos mateo maría carmen josefa isabel teresa ana cristina francisca antonia "
    "lucía marta elena raquel silvia montserrat encarnación beatriz rocío inés paula sofía "
    "irene nuria ximena guadalupe valentina camila jordi josep pau marc oriol xavier laia anaïs mireia "
    "joão antónio josé paulo pedro rui tiago nuno miguel luís ricardo hugo gonçalo duarte vasco afonso "
    "rodrigo marcelo eduardo gustavo thiago felipe caio rafaela mariana catarina inês joana rita susana sofia "
    "carla sónia filipa beatriz leonor matilde margarida fernanda adriana juliana larissa letícia luciana tomás "
    # Italian and Romanian
    "giuseppe giovanni mario luigi angelo vincenzo pietro salvatore carlo franco domenico paolo michele "
    "giorgio aldo sergio luciano andrea marco francesco alessandro matteo lorenzo davide simone luca stefano "
    "federico riccardo giulia chiara francesca federica sara martina valentina elisa alessia giovanna rosa "
    "antonella paola silvia giorgia elena ilaria lucia caterina beatrice ion gheorghe vasile mihai andrei "
    "alexandru ștefan cristian bogdan ioana elena mihaela andreea raluca "
    # Nordic and Baltic
    "lars anders johan erik per karl nils magnus fredrik mikael gustav oskar axel anna eva kristina karin "
    "birgitta margareta elisabeth ingrid maja linnea astrid sigrid kari liv anne inger marit solveig ole bjørn "
    "odd knut arne svein geir morten jens niels søren jørgen mette kirsten hanne lene gitte juhani johannes "
    "mikko jari timo pekka antti matti jukka ville aino helena kaarina liisa jón guðrún sigurður "
    # Slavic, Hungarian and Greek
    "jan andrzej piotr krzysztof stanisław tomasz paweł józef marcin marek michał grzegorz jerzy tadeusz adam "
    "łukasz zbigniew maciej jakub wojciech anna maria katarzyna małgorzata agnieszka krystyna barbara ewa "
    "elżbieta zofia teresa magdalena joanna janina monika danuta jadwiga aleksandra jiří petr josef pavel martin "
    "tomáš jaroslav miroslav zdeněk václav michal jana eva hana lenka kateřina lucie věra alena petra ivan "
    "marko ana ivana luka petra matija nikola jelena milica dragan milan zoran goran györgy lászló istván "
    "józsef jános zoltán sándor gábor ferenc attila péter tamás mária erzsébet katalin ilona éva anna zsuzsanna "
    "giorgos dimitris kostas yannis nikos maria eleni katerina vasiliki sofia "
    "александр сергей владимир алексей андрей дмитрий николай михаил иван юрий елена ольга наталья татьяна "
    "ирина светлана анна мария екатерина анастасия олександр володимир микола сергій андрій іван олена оксана "
    "наталія ірина юлія марія γιώργος δημήτρης κώστας γιάννης νίκος μαρία ελένη κατερίνα βασιλική σοφία "
    # Turkish, Arabic, Hebrew and Persian
    "mehmet mustafa ahmet hüseyin hasan ibrahim murat osman emre fatma ayşe emine hatice zeynep elif meryem "
    "merve esra محمد أحمد علي حسن حسين محمود إبراهيم خالد فاطمة مريم عائشة زينب سارة نور ليلى "
    "דוד משה יוסף יעקב אברהם דניאל יונתן נועם שרה רחל רבקה מרים חנה נועה תמר אנה "
    "reza mahmoud hossein zahra narges mira tove li wei ming yuki haruto kenji hiroshi sakura".split()
)
