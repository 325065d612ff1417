namespace Fanout;

/// <summary>Errors that look alike.</summary>
/// <param name="Type">Their type, cut to 60 bytes of JSON.</param>
/// <param name="Pattern">Their message with what varies (numbers, quoted text, ids) replaced, cut to 100 bytes of JSON.</param>
/// <param name="Count">Items.</param>
/// <param name="ExampleIndex">The item with the smallest index among them.</param>
/// <param name="ExampleMessage">Its message on one line, cut to 160 bytes of JSON.</param>
public sealed record ErrorGroup(string Type, string Pattern, long Count, long ExampleIndex, string ExampleMessage);
