//! Ports one after the other, and what is said when they cannot be had.

use std::net::TcpListener;

use runpipe::Service;
use runpipe_testing::Sandbox;

use super::{Outcome, address};

#[tokio::test]
async fn the_services_stand_at_ports_one_after_the_other() -> Outcome {
    // Free ports in a row are not always where one looks first.
    for _ in 0..50 {
        let first = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let Ok(sandbox) = Sandbox::builder().first_port(first).start().await else {
            continue;
        };
        for (service, port) in Service::ALL.into_iter().zip(first..) {
            assert_eq!(address(&sandbox, service)?.port(), port);
        }
        return Ok(());
    }
    Err("no ports in a row".into())
}

#[tokio::test]
async fn ports_beyond_the_last_one_are_refused_in_a_sentence() -> Outcome {
    let last = 65_536 - Service::ALL.len();
    for first in [65_533, 65_534, 65_535] {
        let error = Sandbox::builder().first_port(first).start().await.err();
        let error = error.ok_or("it was served")?;
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        let text = error.to_string();
        assert!(
            text.contains(&first.to_string()) && text.contains(&last.to_string()),
            "{text}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_its_service() -> Outcome {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port();
    let builder = Sandbox::builder().port(Service::Aliyun, port);
    let error = builder
        .start()
        .await
        .err()
        .ok_or("the port was taken twice")?;
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    let text = error.to_string();
    assert!(
        text.contains(&format!("port {port}")) && text.contains("Aliyun"),
        "{text}"
    );
    assert!(text.contains("is taken"), "{text}");
    Ok(())
}
