/// Whether a character is one that nobody sees, or that reorders, joins or hides what stands around it: controls, line separators, bidirectional controls, tags,
/// variation selectors and everything else that Unicode says may be left undrawn (`Default_Ignorable_Code_Point`), blanks that are no spaces, and characters for
/// private use and of no use. Such text is shown with escapes.
///
/// ```
/// use carnet_core::is_hidden;
/// assert!(['\u{1b}', '\u{ad}', '\u{200b}', '\u{202e}', '\u{2800}', '\u{3164}', '\u{e0041}'].into_iter().all(is_hidden));
/// assert!(!['a', ' ', 'é', '語', '😀'].into_iter().any(is_hidden));
/// ```
#[must_use]
pub const fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    matches!(character,
        // Controls, format characters and separators.
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{1680}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffc}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        // Default_Ignorable_Code_Point otherwise: joiners, fillers, selectors, tags.
        | '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
        // Drawn as nothing.
        | '\u{2800}' | '\u{1d159}'
        // For private use, and no characters.
        | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..='\u{10ffff}')
}
