namespace Fanout.Tests.Mutants;

/// <summary>A deliberate bug, and the test that must fail for it.</summary>
/// <param name="Name">What it does, in a few words.</param>
/// <param name="File">The file, from the root of the repository.</param>
/// <param name="Text">What stands there, exactly once.</param>
/// <param name="Replacement">What stands there instead.</param>
/// <param name="Project">The test project.</param>
/// <param name="Test">The test, as <c>Class.Method</c>.</param>
public sealed record Mutant(string Name, string File, string Text, string Replacement, string Project, string Test)
{
    /// <summary>Its file with the bug in it.</summary>
    public string Apply(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var at = source.IndexOf(Text, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(Text, at + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException($"\"{Text}\" does not stand exactly once in {File}: bring mutant '{Name}' up to date.");
        return source.Remove(at, Text.Length).Insert(at, Replacement);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
