namespace Tiketi.Pipeline.Infrastructure.Rendering;

internal static class TemplateRegion
{
    public static string? Region(this StackTemplate template) => null;
}
