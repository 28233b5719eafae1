namespace Prunella.Remediation.Playbooks;

// A hundred alert names against the shipped playbooks: some 20 characters by up to 150 states each, microseconds. The same patterns as
// the runtime's own automata took 17 MB and a third of a second at the first alert.

/// <summary>
/// A regular expression of letters, digits, <c>.</c>, groups, <c>|</c>, <c>*</c>, <c>+</c> and <c>?</c> as a nondeterministic automaton, all
/// of whose states are followed at once: time and memory are linear in the text. Thread-safe.
/// </summary>
internal sealed class PlainAutomaton
{
    private const int StackedMax = 512;
    private const int Accepts = 0;
    private readonly List<State> states = [default];
    private readonly int start;

    /// <param name="pattern">An expression that the runtime's parser takes, of these characters alone.</param>
    internal PlainAutomaton(string pattern)
    {
        var at = 0;
        var node = Choice(pattern, ref at);
        if (at != pattern.Length) throw new ArgumentException($"'{pattern}' is no plain expression: character {at}.", nameof(pattern));
        start = Build(node, Accepts);
    }

    /// <summary>Whether the whole text matches.</summary>
    internal bool IsMatch(ReadOnlySpan<char> text)
    {
        var count = states.Count;
        var room = count <= StackedMax ? stackalloc int[count * 4] : new int[count * 4];
        room.Clear();
        var present = room[..count];
        var following = room[count..(count * 2)];
        var seen = room[(count * 2)..(count * 3)];
        var waiting = room[(count * 3)..];
        var presentCount = Reach(start, present, 0, seen, 1, waiting);
        for (var index = 0; index < text.Length; index++)
        {
            var followingCount = 0;
            foreach (var number in present[..presentCount])
            {
                var state = states[number];
                if (state.Kind == Step.Any || (state.Kind == Step.Letter && state.Letter == text[index])) followingCount = Reach(state.First, following, followingCount, seen, index + 2, waiting);
            }
            if (followingCount == 0) return false;
            var swapped = present;
            present = following;
            following = swapped;
            presentCount = followingCount;
        }
        return present[..presentCount].Contains(Accepts);
    }

    // Adds a state and what it leads to without a letter; each state once a round, so loops end.
    private int Reach(int from, Span<int> reached, int count, Span<int> seen, int round, Span<int> waiting)
    {
        var depth = 0;
        if (seen[from] == round) return count;
        seen[from] = round;
        waiting[depth++] = from;
        while (depth > 0)
        {
            var number = waiting[--depth];
            var state = states[number];
            if (state.Kind != Step.Either)
            {
                reached[count++] = number;
                continue;
            }
            if (seen[state.First] != round)
            {
                seen[state.First] = round;
                waiting[depth++] = state.First;
            }
            if (seen[state.Second] != round)
            {
                seen[state.Second] = round;
                waiting[depth++] = state.Second;
            }
        }
        return count;
    }

    // From the end to the beginning: each piece knows what follows it.
    private int Build(Node node, int next)
    {
        switch (node)
        {
            case Node.One one: return Add(new State(one.Letter is null ? Step.Any : Step.Letter, one.Letter ?? default, next, 0));
            case Node.Sequence sequence:
                for (var index = sequence.Parts.Count - 1; index >= 0; index--) next = Build(sequence.Parts[index], next);
                return next;
            case Node.Choice choice:
                var first = Build(choice.Parts[^1], next);
                for (var index = choice.Parts.Count - 2; index >= 0; index--) first = Add(new State(Step.Either, default, Build(choice.Parts[index], next), first));
                return first;
            case Node.Repeat { Again: false } optional: return Add(new State(Step.Either, default, Build(optional.Part, next), next));
            case Node.Repeat repeat:
                var loop = Add(new State(Step.Either, default, next, next));
                var body = Build(repeat.Part, loop);
                states[loop] = new State(Step.Either, default, body, next);
                return repeat.Needed ? body : loop;
            default: throw new System.Diagnostics.UnreachableException(node.ToString());
        }
    }

    private int Add(State state)
    {
        states.Add(state);
        return states.Count - 1;
    }

    private static Node Choice(string pattern, ref int at)
    {
        var parts = new List<Node>();
        while (true)
        {
            parts.Add(Sequence(pattern, ref at));
            if (at == pattern.Length || pattern[at] != '|') return parts.Count == 1 ? parts[0] : new Node.Choice(parts);
            at++;
        }
    }

    private static Node.Sequence Sequence(string pattern, ref int at)
    {
        var parts = new List<Node>();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var letter = pattern[at++];
            Node part = letter == '(' ? Choice(pattern, ref at) : new Node.One(letter == '.' ? null : letter);
            if (letter == '(') at++;
            if (at < pattern.Length && pattern[at] is '*' or '+' or '?')
            {
                part = new Node.Repeat(part, Needed: pattern[at] == '+', Again: pattern[at] != '?');
                at++;
                // As few as possible matches the same texts, where the whole text has to match.
                if (at < pattern.Length && pattern[at] == '?') at++;
            }
            parts.Add(part);
        }
        return new Node.Sequence(parts);
    }

    private enum Step
    {
        Accept,
        Letter,
        Any,
        Either,
    }

    private readonly record struct State(Step Kind, char Letter, int First, int Second);

    private abstract record Node
    {
        /// <summary>One character; null for any.</summary>
        internal sealed record One(char? Letter) : Node;

        internal sealed record Sequence(IReadOnlyList<Node> Parts) : Node;

        internal sealed record Choice(IReadOnlyList<Node> Parts) : Node;

        internal sealed record Repeat(Node Part, bool Needed, bool Again) : Node;
    }
}
