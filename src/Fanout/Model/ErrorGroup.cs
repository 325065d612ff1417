namespace Fanout;

/// <summary>Errors that look alike.</summary>
/// <param name="Type">Their type.</param>
/// <param name="Pattern">Their message with what varies (numbers, quoted text, ids) replaced.</param>
/// <param name="Count">Items.</param>
/// <param name="ExampleIndex">The item with the smallest index among them.</param>
/// <param name="ExampleMessage">Its message, cut to 200 characters.</param>
public sealed record ErrorGroup(string Type, string Pattern, long Count, long ExampleIndex, string ExampleMessage);
