using System.Text;

namespace Prunella.Logs.Questions;

/// <summary>A word of a question.</summary>
/// <param name="Text">In lower case, without punctuation around it.</param>
/// <param name="Quoted">Whether it stood in quotation marks, and is meant to the letter.</param>
internal readonly record struct QuestionWord(string Text, bool Quoted)
{
    /// <summary>Cuts a question into words: at blanks, with quoted parts whole, signs of comparison apart, punctuation off.</summary>
    internal static List<QuestionWord> Cut(string question)
    {
        var words = new List<QuestionWord>();
        var word = new StringBuilder();
        void Close()
        {
            var text = word.ToString().Trim('.', ',', '!', '?', ';', ':', '(', ')', '[', ']', '\'', '…');
            if (text.EndsWith("'s", StringComparison.Ordinal) || text.EndsWith("’s", StringComparison.Ordinal)) text = text[..^2];
            if (text.Length > 0) words.Add(new QuestionWord(text, false));
            word.Clear();
        }
        for (var at = 0; at < question.Length; at++)
        {
            var letter = question[at];
            if (letter is '"' or '“' or '”')
            {
                Close();
                var end = question.IndexOfAny(['"', '“', '”'], at + 1);
                if (end < 0) end = question.Length;
                if (question[(at + 1)..end].Trim() is { Length: > 0 } quoted) words.Add(new QuestionWord(Lower(quoted), true));
                at = end;
            }
            else if (char.IsWhiteSpace(letter)) Close();
            else if (letter is '>' or '<' or '=')
            {
                Close();
                var two = at + 1 < question.Length && question[at + 1] == '=';
                words.Add(new QuestionWord(question.Substring(at, two ? 2 : 1), false));
                if (two) at++;
            }
            else if (!char.IsControl(letter)) word.Append(char.ToLowerInvariant(letter));
        }
        Close();
        return words;
    }

#pragma warning disable CA1308 // Words are compared in lower case, as the lines are.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
