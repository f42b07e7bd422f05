//! Checkpoints of 500 fields, of which nobody but the benchmark has one.

use std::process::ExitCode;

use checkpoint_schema::registry;

/// The tool on the type of this name.
pub(crate) fn tool(time: &str) -> ExitCode {
    let registry = match time {
        "texts" => registry![texts::Wide],
        "numbers" => registry![numbers::Wide],
        "options" => registry![options::Wide],
        "nothing" => registry![nothing::Wide],
        "renamed" => registry![renamed::Wide],
        "half_renamed" => registry![half_renamed::Wide],
        "enums" => registry![enums::Wide],
        "more_names" => registry![more_names::Wide],
        "other_names" => registry![other_names::Wide],
        "trees" => registry![trees::Wide],
        "other_trees" => registry![other_trees::Wide],
        other => panic!("there is no type {other}"),
    };
    checkpoint_xtask::main(&registry)
}

/// A checkpoint with these fields, all of one type.
macro_rules! wide {
    ($time:ident, $kind:ty, $(#[$attribute:meta])? { $($more:item)* } $($name:ident)*) => {
        mod $time {
            use checkpoint_schema::Checkpoint;
            use serde::{Deserialize, Serialize};

            $($more)*

            #[derive(Serialize, Deserialize, Checkpoint)]
            #[checkpoint(job = "wide", version = 1)]
            $(#[$attribute])?
            pub(super) struct Wide { $(
                /// One of many.
                pub(super) $name: $kind,
            )* }
        }
    };
}

/// 250 fields by name, after others: a macro makes no names.
macro_rules! first_half {
    ($next:ident $($start:tt)*) => {
        $next! { $($start)*
            f000 f001 f002 f003 f004 f005 f006 f007 f008 f009 f010 f011 f012 f013 f014 f015 f016
            f017 f018 f019 f020 f021 f022 f023 f024 f025 f026 f027 f028 f029 f030 f031 f032 f033
            f034 f035 f036 f037 f038 f039 f040 f041 f042 f043 f044 f045 f046 f047 f048 f049 f050
            f051 f052 f053 f054 f055 f056 f057 f058 f059 f060 f061 f062 f063 f064 f065 f066 f067
            f068 f069 f070 f071 f072 f073 f074 f075 f076 f077 f078 f079 f080 f081 f082 f083 f084
            f085 f086 f087 f088 f089 f090 f091 f092 f093 f094 f095 f096 f097 f098 f099 f100 f101
            f102 f103 f104 f105 f106 f107 f108 f109 f110 f111 f112 f113 f114 f115 f116 f117 f118
            f119 f120 f121 f122 f123 f124 f125 f126 f127 f128 f129 f130 f131 f132 f133 f134 f135
            f136 f137 f138 f139 f140 f141 f142 f143 f144 f145 f146 f147 f148 f149 f150 f151 f152
            f153 f154 f155 f156 f157 f158 f159 f160 f161 f162 f163 f164 f165 f166 f167 f168 f169
            f170 f171 f172 f173 f174 f175 f176 f177 f178 f179 f180 f181 f182 f183 f184 f185 f186
            f187 f188 f189 f190 f191 f192 f193 f194 f195 f196 f197 f198 f199 f200 f201 f202 f203
            f204 f205 f206 f207 f208 f209 f210 f211 f212 f213 f214 f215 f216 f217 f218 f219 f220
            f221 f222 f223 f224 f225 f226 f227 f228 f229 f230 f231 f232 f233 f234 f235 f236 f237
            f238 f239 f240 f241 f242 f243 f244 f245 f246 f247 f248 f249
        }
    };
}

macro_rules! second_half {
    ($($start:tt)*) => {
        wide! { $($start)*
            f250 f251 f252 f253 f254 f255 f256 f257 f258 f259 f260 f261 f262 f263 f264 f265 f266
            f267 f268 f269 f270 f271 f272 f273 f274 f275 f276 f277 f278 f279 f280 f281 f282 f283
            f284 f285 f286 f287 f288 f289 f290 f291 f292 f293 f294 f295 f296 f297 f298 f299 f300
            f301 f302 f303 f304 f305 f306 f307 f308 f309 f310 f311 f312 f313 f314 f315 f316 f317
            f318 f319 f320 f321 f322 f323 f324 f325 f326 f327 f328 f329 f330 f331 f332 f333 f334
            f335 f336 f337 f338 f339 f340 f341 f342 f343 f344 f345 f346 f347 f348 f349 f350 f351
            f352 f353 f354 f355 f356 f357 f358 f359 f360 f361 f362 f363 f364 f365 f366 f367 f368
            f369 f370 f371 f372 f373 f374 f375 f376 f377 f378 f379 f380 f381 f382 f383 f384 f385
            f386 f387 f388 f389 f390 f391 f392 f393 f394 f395 f396 f397 f398 f399 f400 f401 f402
            f403 f404 f405 f406 f407 f408 f409 f410 f411 f412 f413 f414 f415 f416 f417 f418 f419
            f420 f421 f422 f423 f424 f425 f426 f427 f428 f429 f430 f431 f432 f433 f434 f435 f436
            f437 f438 f439 f440 f441 f442 f443 f444 f445 f446 f447 f448 f449 f450 f451 f452 f453
            f454 f455 f456 f457 f458 f459 f460 f461 f462 f463 f464 f465 f466 f467 f468 f469 f470
            f471 f472 f473 f474 f475 f476 f477 f478 f479 f480 f481 f482 f483 f484 f485 f486 f487
            f488 f489 f490 f491 f492 f493 f494 f495 f496 f497 f498 f499
        }
    };
}

/// The second half under other names.
macro_rules! other_half {
    ($($start:tt)*) => {
        wide! { $($start)*
            g250 g251 g252 g253 g254 g255 g256 g257 g258 g259 g260 g261 g262 g263 g264 g265 g266
            g267 g268 g269 g270 g271 g272 g273 g274 g275 g276 g277 g278 g279 g280 g281 g282 g283
            g284 g285 g286 g287 g288 g289 g290 g291 g292 g293 g294 g295 g296 g297 g298 g299 g300
            g301 g302 g303 g304 g305 g306 g307 g308 g309 g310 g311 g312 g313 g314 g315 g316 g317
            g318 g319 g320 g321 g322 g323 g324 g325 g326 g327 g328 g329 g330 g331 g332 g333 g334
            g335 g336 g337 g338 g339 g340 g341 g342 g343 g344 g345 g346 g347 g348 g349 g350 g351
            g352 g353 g354 g355 g356 g357 g358 g359 g360 g361 g362 g363 g364 g365 g366 g367 g368
            g369 g370 g371 g372 g373 g374 g375 g376 g377 g378 g379 g380 g381 g382 g383 g384 g385
            g386 g387 g388 g389 g390 g391 g392 g393 g394 g395 g396 g397 g398 g399 g400 g401 g402
            g403 g404 g405 g406 g407 g408 g409 g410 g411 g412 g413 g414 g415 g416 g417 g418 g419
            g420 g421 g422 g423 g424 g425 g426 g427 g428 g429 g430 g431 g432 g433 g434 g435 g436
            g437 g438 g439 g440 g441 g442 g443 g444 g445 g446 g447 g448 g449 g450 g451 g452 g453
            g454 g455 g456 g457 g458 g459 g460 g461 g462 g463 g464 g465 g466 g467 g468 g469 g470
            g471 g472 g473 g474 g475 g476 g477 g478 g479 g480 g481 g482 g483 g484 g485 g486 g487
            g488 g489 g490 g491 g492 g493 g494 g495 g496 g497 g498 g499
        }
    };
}

/// A type that recurs in itself.
macro_rules! tree {
    ($time:ident, $kind:ty) => {
        first_half! { second_half $time, Tree, {
            #[derive(Serialize, Deserialize, Checkpoint)]
            pub(super) struct Tree {
                value: $kind,
                next: Option<Box<Tree>>,
                #[serde(default)]
                many: Vec<Tree>,
            }
        } }
    };
}

/// A choice of names.
macro_rules! choice {
    ($time:ident, $($name:ident)*) => {
        first_half! { second_half $time, Name, {
            #[derive(Serialize, Deserialize, Checkpoint)]
            pub(super) enum Name { $($name),* }
        } }
    };
}

first_half!(second_half texts, String, {});
first_half!(second_half numbers, i64, {});
first_half!(second_half options, Option<String>, {});
first_half!(second_half renamed, String, #[serde(rename_all = "UPPERCASE")] {});
first_half!(other_half half_renamed, String, {});
wide!(nothing, String, {});
choice!(enums, One Two);
choice!(more_names, One Two Three);
choice!(other_names, One Three);
tree!(trees, String);
tree!(other_trees, i64);
