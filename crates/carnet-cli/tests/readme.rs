//! The session with `carnet` that the README shows is run as it stands there.

use std::path::Path;
use std::process::Command;

#[test]
fn the_session_in_the_readme_is_real() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let session = readme.split("```console\n").skip(1).map(|block| block.split_once("```").unwrap().0);
    let session = session.into_iter().find(|session| session.contains("carnet key generate")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_carnet")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());

    for step in session.split("$ ").filter(|step| !step.is_empty()) {
        let (line, shown) = step.split_once('\n').unwrap();
        let run = Command::new("sh")
            .args(["-c", &format!("{{ {line}; }} 2>&1")])
            .current_dir(folder.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(run.stdout).unwrap(), shown, "{line}");
        assert_eq!(run.status.success(), !shown.starts_with("error"), "{line}");
    }
}
