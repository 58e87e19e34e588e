//! What every ledger has to keep to. For each of them, by its own test.

use std::sync::Arc;

use futures_util::StreamExt;
use runpipe::ledger::{Key, Ledger, Version};

fn key(text: &str) -> Key {
    text.parse().expect("a key")
}

pub async fn check(ledger: Arc<dyn Ledger>) {
    what_is_written_is_read(&*ledger).await;
    conditions_hold(&*ledger).await;
    of_many_writers_one_succeeds(&ledger).await;
    no_increment_is_lost(&ledger).await;
}

async fn what_is_written_is_read(ledger: &dyn Ledger) {
    let one = key("one");
    assert_eq!(ledger.read(&one).await, Ok(None));
    let version = ledger
        .create(&one, b"first")
        .await
        .expect("a ledger")
        .expect("it is new");
    let stored = ledger
        .read(&one)
        .await
        .expect("a ledger")
        .expect("an entry");
    assert_eq!(
        (stored.bytes.as_slice(), &stored.version),
        (&b"first"[..], &version)
    );
    let listed: Vec<_> = ledger.list().collect().await;
    assert_eq!(listed, [Ok(stored)]);
    assert_eq!(ledger.remove(&one, &version).await, Ok(true));
    assert_eq!(ledger.read(&one).await, Ok(None));
    assert_eq!(ledger.list().collect::<Vec<_>>().await, []);
}

async fn conditions_hold(ledger: &dyn Ledger) {
    let two = key("two");
    let stranger = Version::new("\"of another entry\"");
    assert_eq!(
        ledger.replace(&two, b"x", &stranger).await,
        Ok(None),
        "there is none"
    );
    assert_eq!(
        ledger.remove(&two, &stranger).await,
        Ok(false),
        "there is none"
    );
    let first = ledger
        .create(&two, b"first")
        .await
        .expect("a ledger")
        .expect("it is new");
    assert_eq!(
        ledger.create(&two, b"second").await,
        Ok(None),
        "there is one"
    );
    let second = ledger.replace(&two, b"second", &first).await;
    let second = second.expect("a ledger").expect("it was seen");
    assert_ne!(first, second);
    assert_eq!(
        ledger.replace(&two, b"third", &first).await,
        Ok(None),
        "it is an older one"
    );
    assert_eq!(
        ledger.remove(&two, &first).await,
        Ok(false),
        "it is an older one"
    );
    let stored = ledger
        .read(&two)
        .await
        .expect("a ledger")
        .expect("an entry");
    assert_eq!(
        (stored.bytes.as_slice(), stored.version),
        (&b"second"[..], second.clone())
    );
    assert_eq!(ledger.remove(&two, &second).await, Ok(true));
}

async fn of_many_writers_one_succeeds(ledger: &Arc<dyn Ledger>) {
    let many = key("many");
    let writers = (0..16).map(|number: u32| {
        let (ledger, many) = (Arc::clone(ledger), many.clone());
        tokio::spawn(async move { ledger.create(&many, &number.to_be_bytes()).await })
    });
    let outcomes = futures_util::future::join_all(writers).await;
    let outcomes = outcomes
        .into_iter()
        .map(|one| one.expect("a task").expect("a ledger"));
    let won: Vec<Version> = outcomes.flatten().collect();
    assert_eq!(won.len(), 1);
    assert_eq!(ledger.remove(&many, &won[0]).await, Ok(true));
}

async fn no_increment_is_lost(ledger: &Arc<dyn Ledger>) {
    const WRITERS: u32 = 6;
    const EACH: u32 = 10;
    let counted = key("counted");
    ledger
        .create(&counted, &0_u32.to_be_bytes())
        .await
        .expect("a ledger");
    let writers = (0..WRITERS).map(|_| {
        let (ledger, counted) = (Arc::clone(ledger), counted.clone());
        tokio::spawn(async move {
            let mut done = 0;
            while done < EACH {
                let stored = ledger
                    .read(&counted)
                    .await
                    .expect("a ledger")
                    .expect("an entry");
                let number = u32::from_be_bytes(stored.bytes.try_into().expect("a number"));
                let next = (number + 1).to_be_bytes();
                let replaced = ledger.replace(&counted, &next, &stored.version).await;
                done += u32::from(replaced.expect("a ledger").is_some());
            }
        })
    });
    for writer in futures_util::future::join_all(writers).await {
        writer.expect("a task");
    }
    let stored = ledger
        .read(&counted)
        .await
        .expect("a ledger")
        .expect("an entry");
    assert_eq!(stored.bytes, (WRITERS * EACH).to_be_bytes());
    assert_eq!(ledger.remove(&counted, &stored.version).await, Ok(true));
}
