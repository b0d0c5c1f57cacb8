use super::*;

#[test]
fn shards_are_counted_from_0_and_what_is_none_is_told_why() {
    let shard: Shard = "2/3".parse().expect("a shard");
    assert_eq!((shard.index, shard.of, shard.to_string().as_str()), (2, 3, "2/3"));
    for (text, why) in [
        ("3/3", "the last one of 3 is 2/3"),
        ("0/0", "at least one"),
        ("1", "write I/N"),
        ("+1/3", "write I/N"),
        ("-1/3", "write I/N"),
        ("a/b", "write I/N"),
        ("1/2/3", "write I/N"),
        ("99999999999999999999/3", "write I/N"),
    ] {
        let refused = text.parse::<Shard>().expect_err(text);
        assert!(refused.contains(why), "{text}: {refused}");
    }
}

#[test]
fn a_shard_has_a_folder_of_its_own() {
    assert_eq!(Shard { index: 0, of: 12 }.folder(Path::new("results")), Path::new("results/shard-0-of-12"));
}
