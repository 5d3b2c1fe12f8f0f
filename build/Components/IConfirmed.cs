/// <summary>What is done only once somebody has repeated the environment's name.</summary>
interface IConfirmed : IHazEnvironment
{
    [Parameter("The environment's name, which confirms that it is to be destroyed, or that resources are to be imported", Name = "confirm")]
    string Confirmation => TryGetValue(() => Confirmation);

    /// <summary>The parameter; else what is typed, where somebody sits at a terminal; else null.</summary>
    string Confirm(string what)
    {
        if (Confirmation is not null || !IsLocalBuild || Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return Confirmation;
        }

        Console.Write($"To {what}, type its name: ");
        return Console.ReadLine()?.Trim() ?? "";
    }
}
