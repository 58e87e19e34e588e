//! Many callers, one request: also when some of them go away.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use futures_util::future::join_all;

use super::gate::{gated, granted};
use super::*;

#[tokio::test]
async fn many_callers_share_one_request() -> Outcome {
    let mut gated = gated().await;
    let (cache, http) = (TokenCache::new(credentials(&gated.server)?), http()?);
    let callers = (0..100).map(|_| {
        let (cache, http) = (cache.clone(), http.clone());
        tokio::spawn(async move { cache.token(&http).await })
    });
    let callers: Vec<_> = callers.collect();
    gated.arrived.recv().await.ok_or("no request")?;
    gated.answers.send(granted("shared"))?;
    for outcome in join_all(callers).await {
        assert_eq!(outcome??, Secret::from("shared"));
    }
    assert_eq!(requests(&gated.server).await, 1);
    Ok(())
}

#[tokio::test]
async fn many_callers_share_one_failure_and_the_next_call_asks_again() -> Outcome {
    let mut gated = gated().await;
    let (cache, http) = (TokenCache::new(credentials(&gated.server)?), http()?);
    let callers = (0..10).map(|_| cache.token(&http));
    let answer = async {
        gated.arrived.recv().await.ok_or("no request")?;
        gated
            .answers
            .send(ResponseTemplate::new(503))
            .map_err(|_| "the server is gone")
    };
    let (outcomes, answered) = tokio::join!(join_all(callers), answer);
    answered?;
    for outcome in outcomes {
        assert!(
            matches!(outcome, Err(TokenError::Unavailable { .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(requests(&gated.server).await, 1);

    gated.answers.send(granted("after"))?;
    assert_eq!(cache.token(&http).await?, Secret::from("after"));
    Ok(())
}

/// Whoever began the request, and whoever polled it last, may go away in the middle of it.
#[tokio::test]
async fn a_caller_that_is_dropped_takes_nothing_from_the_others() -> Outcome {
    for dropped in 0..3 {
        let mut gated = gated().await;
        let (cache, http) = (TokenCache::new(credentials(&gated.server)?), http()?);
        let mut callers: Vec<_> = (0..3)
            .map(|_| {
                let (cache, http) = (cache.clone(), http.clone());
                tokio::spawn(async move { cache.token(&http).await })
            })
            .collect();
        gated.arrived.recv().await.ok_or("no request")?;
        let gone = callers.remove(dropped);
        gone.abort();
        assert!(gone.await.is_err_and(|error| error.is_cancelled()));
        gated.answers.send(granted("kept"))?;
        for caller in callers {
            assert_eq!(
                caller.await??,
                Secret::from("kept"),
                "caller {dropped} was dropped"
            );
        }
        assert_eq!(cache.token(&http).await?, Secret::from("kept"));
        assert_eq!(
            requests(&gated.server).await,
            1,
            "caller {dropped} was dropped"
        );
    }
    Ok(())
}

#[tokio::test]
async fn when_all_callers_are_dropped_the_next_one_asks_anew() -> Outcome {
    let mut gated = gated().await;
    let (cache, http) = (TokenCache::new(credentials(&gated.server)?), http()?);
    let lonely = {
        let (cache, http) = (cache.clone(), http.clone());
        tokio::spawn(async move { cache.token(&http).await })
    };
    gated.arrived.recv().await.ok_or("no request")?;
    lonely.abort();
    assert!(lonely.await.is_err());
    // One answer for the request that was given up, one for the new one.
    gated.answers.send(granted("too late"))?;
    gated.answers.send(granted("anew"))?;
    assert_eq!(cache.token(&http).await?, Secret::from("anew"));
    Ok(())
}

/// A caller that is polled once, then kept but never polled again, must not hold up the others.
#[tokio::test]
async fn a_caller_that_is_never_polled_again_holds_up_nobody() -> Outcome {
    let mut gated = gated().await;
    let (cache, http) = (TokenCache::new(credentials(&gated.server)?), http()?);
    let mut asleep = Box::pin(cache.token(&http));
    let first = asleep
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(first, Poll::Pending));

    let awake = {
        let (cache, http) = (cache.clone(), http.clone());
        tokio::spawn(async move { cache.token(&http).await })
    };
    gated.arrived.recv().await.ok_or("no request")?;
    gated.answers.send(granted("shared"))?;
    assert_eq!(awake.await??, Secret::from("shared"));
    assert_eq!(asleep.await?, Secret::from("shared"));
    Ok(())
}
