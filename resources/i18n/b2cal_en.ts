<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>status</name>
    <message numerus="yes">
        <source>and %n more thing(s) to look at in the calendar</source>
        <translation>
            <numerusform>and %n more thing to look at in the calendar</numerusform>
            <numerusform>and %n more things to look at in the calendar</numerusform>
        </translation>
    </message>
</context>
</TS>
